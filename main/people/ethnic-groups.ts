/** @file The 54 ethnic groups of Vietnam (QĐ 421-TCTK/PPCĐ of 2 March 1979), in the spellings that papers have. */
export const ETHNIC_GROUPS: readonly string[] = (
  'Kinh, Tày, Thái, Hoa, Khmer, Khơ-me, Mường, Nùng, Hmông, H’Mông, Mông, Dao, Gia Rai, Ngái, Ê Đê, Ba Na, Xơ Đăng, Sán Chay, ' +
  'Cơ Ho, Chăm, Sán Dìu, Hrê, Mnông, M’Nông, Ra Glai, Xtiêng, X’Tiêng, Bru Vân Kiều, Bru-Vân Kiều, Thổ, Giáy, Cơ Tu, ' +
  'Giẻ Triêng, Mạ, Khơ Mú, Co, Tà Ôi, Chơ Ro, Kháng, Xinh Mun, Hà Nhì, Chu Ru, Lào, La Chí, La Ha, Phù Lá, La Hủ, Lự, Lô Lô, ' +
  'Chứt, Mảng, Pà Thẻn, Cờ Lao, Cống, Bố Y, Si La, Pu Péo, Brâu, Ơ Đu, Rơ Măm'
).split(', ');
