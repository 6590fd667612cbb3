/**
 * @file The record synchronised to the national portal ("HoSoDongBoDVC", regulations 3.6), as far as a counter knows it.
 * Field names are the national interface's own.
 */
import type { ChecklistItem, Dossier, DossierState } from '../../preload/types.ts';
import type { DraftBody } from './project-draft.ts';
import { NATIONAL_STATUS } from './schemas.ts';

const CHANNEL: Readonly<Record<Dossier['channel'], number>> = { counter: 1, online: 2, post: 3 };
const RETURN_METHOD: Readonly<Record<Dossier['returnMethod'], string>> = {
  counter: 'Trực tiếp',
  post: 'Bưu chính',
  online: 'Trực tuyến',
};
const NOT_PAID_ONLINE = 3;

export interface RecordFacts {
  readonly body: DraftBody;
  readonly channel: Dossier['channel'];
  readonly code: string | null;
  readonly state: Exclude<DossierState, 'draft'>;
  readonly receivedAt: string;
  readonly dueAt: string;
  readonly agencyCode: string;
  readonly results: readonly { readonly title: string; readonly sha256: string }[];
}

export function nationalRecord(facts: RecordFacts): Record<string, unknown> {
  const { applicant, procedure, checklist } = facts.body;
  const digitised = new Set(Object.keys(facts.body.documentIds));
  return {
    MaHoSo: facts.code,
    MaTTHC: procedure?.code ?? null,
    TenTTHC: procedure?.name ?? null,
    TenLinhVuc: procedure?.field ?? null,
    KenhThucHien: CHANNEL[facts.channel],
    ChuHoSo: applicant?.fullName ?? null,
    LoaiDoiTuong: applicant?.kind === 'organisation' ? 4 : 1,
    SoGiayToChuHoSo: applicant?.idNumber ?? null,
    DinhDanhCHS: identityOf(applicant?.idNumber ?? null),
    Email: applicant?.email ?? null,
    SoDienThoai: applicant?.phone ?? null,
    TrichYeuHoSo: procedure?.name.slice(0, 1000) ?? null,
    NgayTiepNhan: compactTime(facts.receivedAt),
    NgayHenTra: compactTime(facts.dueAt),
    TrangThaiHoSo: NATIONAL_STATUS[facts.state],
    HinhThuc: RETURN_METHOD[facts.body.returnMethod],
    NoiNopHoSo: facts.agencyCode,
    DonViXuLy: facts.agencyCode,
    GhiChu: facts.body.note,
    HoSoCoThanhPhanSoHoa: digitised.size > 0 ? 1 : 0,
    DuocThanhToanTrucTuyen: NOT_PAID_ONLINE,
    TaiLieuNop: checklist.filter(({ form }) => form !== null).map((item) => submittedPaper(item, digitised)),
    DanhSachLePhi: facts.body.feeVnd === null ? [] : [{ TenPhiLePhi: 'Lệ phí', Gia: facts.body.feeVnd }],
    DanhSachGiayToKetQua: facts.results.map((result) => ({ TenGiayTo: result.title, GiayToId: result.sha256 })),
  };
}

function submittedPaper(item: ChecklistItem, digitised: ReadonlySet<string>): Record<string, unknown> {
  return {
    TenTepDinhKem: item.component.name,
    MaThanhPhanHoSo: item.component.id,
    DuocSoHoa: digitised.has(item.component.id) ? 1 : 0,
    DuocTaiSuDung: item.form === 'replaced-by-data' ? 1 : 0,
    DuocLayTuKhoDMQG: 0,
    SoLuong: item.quantity,
    GhiChu: item.note,
  };
}

function identityOf(number: string | null): { LoaiDinhDanh: number; SoDinhDanh: string } | null {
  if (number === null) return null;
  return { LoaiDinhDanh: number.length === 9 ? 2 : 1, SoDinhDanh: number };
}

/** ISO 8601 with offset → `yyyyMMddHHmmss` of its own wall clock. */
function compactTime(iso: string): string {
  return iso.slice(0, 19).replace(/\D/g, '');
}
