/** @file The options of `motcua sign` and `motcua verify`. They only grow. */
import { Option, type Command } from 'commander';
import type { Where } from './output.ts';
import { sign } from './sign.ts';
import { verify } from './verify.ts';

/** Makes a command's action of work that answers an exit code. */
export type RunCommand = <A extends unknown[]>(
  work: (...given: A) => Promise<number>,
) => (...given: unknown[]) => Promise<void>;

export function addSignatureCommands(program: Command, run: RunCommand, where: Where): void {
  program
    .command('sign')
    .description('ký một loạt tệp bằng một lần PIN')
    .argument('<file...>')
    .option('--out-dir <dir>', 'thư mục ghi tệp đã ký; CAdES mặc định ghi cạnh tệp')
    .addOption(new Option('--format <format>', 'mặc định PAdES cho PDF').choices(['pades', 'cades', 'xades']))
    .option('--module <path>', 'thư viện PKCS#11 của token')
    .option('--token <label>')
    .option('--certificate <label>')
    .option('--pin-env <var>', 'biến môi trường chứa PIN của token; không có thì hỏi')
    .option('--p12 <file>', 'tệp khóa PKCS#12 thay cho token')
    .option('--password-env <var>', 'biến môi trường chứa mật khẩu của tệp khóa; không có thì hỏi')
    .option('--pdf-password-env <var>', 'biến môi trường chứa mật khẩu của PDF được mã hóa')
    .addOption(new Option('--level <level>').choices(['B-B', 'B-T', 'B-LT', 'B-LTA']).default('B-B'))
    .option('--tsa <url>', 'máy chủ dấu thời gian; nêu nhiều lần để có dự phòng', collect, [])
    .option('--tsa-timeout <seconds>', 'mỗi máy chủ dấu thời gian', '30')
    .option('--trust <path>', 'chứng thư gốc cho mức B-LT, B-LTA', collect, [])
    .option('--tsa-trust <path>', 'chứng thư gốc của máy chủ dấu thời gian', collect, [])
    .option('--offline', 'không hỏi máy chủ nào')
    .addOption(
      new Option('--appearance <kind>')
        .choices(['none', 'personal', 'agency', 'annex', 'copy', 'officer'])
        .default('none'),
    )
    .option('--page <n>')
    .option('--rect <x,y,w,h>', 'điểm (1/72 inch), gốc ở góc dưới bên trái')
    .option('--image <png>', 'hình chữ ký tay (personal) hoặc con dấu (agency), PNG hoặc JPEG')
    .option('--image-width <mm>', 'bề rộng thật của con dấu')
    .option('--document-number <text>', 'annex: số và ký hiệu văn bản')
    .option('--copy-form <text>', 'copy: hình thức sao (Sao y, Sao lục, Trích sao)')
    .option('--agency-name <text>', 'copy, personal: tên cơ quan')
    .option('--line <text>', 'một dòng chữ trong ô chữ ký; nêu nhiều lần', collect, [])
    .option('--field <name>', 'tên ô chữ ký trống có sẵn')
    .option('--reason <text>')
    .option('--report <file>')
    .option('--json')
    .action(run(sign(where)));
  program
    .command('verify')
    .description('kiểm tra chữ ký: 0 hợp lệ, 1 không, 2 chưa đủ cơ sở kết luận')
    .argument('<file...>')
    .addOption(
      new Option('--trust <path>', 'chứng thư gốc tin cậy (PEM, DER) hoặc thư mục; nêu nhiều lần')
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .option('--tsa-trust <path>', 'chứng thư gốc của máy chủ dấu thời gian', collect, [])
    .option('--content <file>', 'tệp mà chữ ký rời (.p7s) nói tới; mặc định là tệp cùng tên ở cạnh')
    .option('--at <iso>', 'thời điểm kiểm tra')
    .option('--offline', 'không hỏi máy chủ nào')
    .option('--password-env <var>', 'biến môi trường chứa mật khẩu của PDF được mã hóa')
    .option('--allow-sha1-issuers', 'chấp nhận CA cấp dưới được ký bằng SHA-1 (hệ G1 của Chính phủ)')
    .option('--rewrite-url <old=new>', 'địa chỉ OCSP, CRL mà mạng này phải gọi ở nơi khác', collect, [])
    .option('--report <file>')
    .option('--pdf-report <file>', 'phiếu kiểm tra để in')
    .option('--json')
    .action(run(verify(where)));
}

function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}
