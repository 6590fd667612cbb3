/** @file A verdict in one Vietnamese sentence, for pages that show `Message` as it is. */
const SENTENCES: Readonly<Record<string, string>> = {
  valid: 'Chữ ký hợp lệ: nội dung nguyên vẹn, chứng thư được tin cậy.',
  altered: 'Văn bản đã bị thay đổi sau khi ký.',
  broken: 'Chữ ký sai: nội dung không khớp với chữ ký.',
  untrusted: 'Chữ ký đúng nhưng chứng thư của người ký không được tin cậy.',
  indeterminate: 'Chưa kết luận được: thiếu thông tin để kiểm tra hết.',
  unreadable: 'Không đọc được văn bản hoặc chữ ký.',
  unsigned: 'Văn bản không có chữ ký số.',
};

export function summaryOf(verdict: string, count: number): string {
  const sentence = SENTENCES[verdict] ?? 'Chưa kết luận được.';
  return count > 1 ? `${sentence} Có ${count} chữ ký.` : sentence;
}
