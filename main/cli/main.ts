/** @file The command table. Options only grow; `--json` prints one JSON document on stdout, everything else goes to stderr. */
import { Command, CommanderError, Option } from 'commander';
import { addBacklogCommands } from './backlog.ts';
import { bridgeCertificate } from './bridge.ts';
import { auditVerify, backup } from './care.ts';
import { deadline } from './deadline.ts';
import { demo } from './demo.ts';
import { digitise, recognise } from './documents.ts';
import { doctor } from './doctor.ts';
import { dossierList, dossierShow } from './dossiers.ts';
import { officerAdd } from './officers.ts';
import { EXIT, report, type Where } from './output.ts';
import { province } from './province.ts';
import { receive } from './receive.ts';
import { scan } from './scan.ts';
import { addSignatureCommands } from './signature-commands.ts';
import { syncRelease, syncRun, syncStatus } from './sync.ts';

const VERSION = '0.1.0';

/** @returns the exit code: 0 done, 1 refused or failed, 2 partly or indeterminate, 64 usage. */
export async function main(args: readonly string[], where: Where): Promise<number> {
  let code = 0;
  const program = new Command('motcua').version(VERSION).description('Quầy Một Cửa, không cửa sổ').exitOverride();
  const run =
    <A extends unknown[]>(work: (...given: A) => Promise<number>) =>
    async (...given: unknown[]): Promise<void> => {
      // commander passes (arguments…, options, command): the command itself is of no use to the work.
      code = await report(() => work(...(given.slice(0, -1) as A)));
    };

  program
    .command('doctor')
    .description('kiểm tra máy này')
    .option('--json')
    .action(run(doctor(where, VERSION)));
  program
    .command('demo')
    .description('cả hành trình trên hồ sơ mẫu')
    .requiredOption('--out <dir>')
    .option('--scanner <address>', 'địa chỉ máy quét eSCL thay cho thư mục mẫu')
    .option('--json')
    .action(run(demo(where, VERSION)));
  program
    .command('scan')
    .option('--list')
    .option('--device <id>')
    .addOption(
      new Option('--source <source>', 'mặc định khay nạp, khay trống thì mặt kính').choices([
        'adf',
        'adf-duplex',
        'flatbed',
      ]),
    )
    .option('--dpi <n>', 'điểm ảnh mỗi inch', '200')
    .option('--colour')
    .option('--grey')
    .option('--address <url...>', 'địa chỉ máy quét eSCL')
    .option('--no-discovery')
    .option('--out <dir>')
    .option('--json')
    .action(run(scan(where)));
  program
    .command('recognise')
    .description('đọc chữ, mã QR và dữ liệu của ảnh, PDF, thư mục')
    .argument('<in...>')
    .requiredOption('--report <file>')
    .option('--jobs <n>', 'số trang cùng lúc')
    .option('--password-env <var>', 'biến môi trường chứa mật khẩu của PDF được mã hóa')
    .option('--json', 'tóm tắt ra stdout')
    .action(run(recognise(where)));
  program
    .command('digitise')
    .description('ảnh, PDF, thư mục thành một PDF/A tìm được chữ')
    .argument('<in...>')
    .requiredOption('--out <pdf>')
    .option('--report <file>')
    .option('--jobs <n>', 'số trang cùng lúc')
    .option('--no-ocr')
    .option('--keep-blank')
    .option('--title <text>')
    .option('--password-env <var>', 'biến môi trường chứa mật khẩu của PDF được mã hóa')
    .option('--json', 'tóm tắt ra stdout')
    .action(run(digitise(where)));
  addSignatureCommands(program, run, where);
  addBacklogCommands(program, run, where, VERSION);
  program
    .command('deadline')
    .requiredOption('--procedure <code>')
    .requiredOption('--received <iso>')
    .option('--calendar <file>')
    .option('--json')
    .action(run(deadline(where)));
  program
    .command('receive')
    .requiredOption('--procedure <code>')
    .requiredOption('--applicant <file>')
    .option('--attach <component=file...>', 'số thứ tự hoặc mã thành phần = tệp', [])
    .option('--pin-env <var>', 'ký bản số hóa bằng USB ký số đầu tiên')
    .option('--json')
    .action(run(receive(where, VERSION)));
  const dossier = program.command('dossier').description('hồ sơ trên máy này');
  dossier
    .command('list')
    .option('--json')
    .action(run(dossierList(where, VERSION)));
  dossier
    .command('show')
    .argument('<id>')
    .option('--json')
    .action(run(dossierShow(where, VERSION)));
  dossier
    .command('search')
    .argument('<text>')
    .option('--json')
    .action(run(dossierList(where, VERSION)));
  const sync = program.command('sync').description('gửi hồ sơ lên tỉnh');
  sync
    .command('run')
    .option('--once')
    .option('--json')
    .action(run(syncRun(where, VERSION)));
  sync
    .command('status')
    .option('--json')
    .action(run(syncStatus(where, VERSION)));
  sync
    .command('release')
    .description('gửi lại hồ sơ đang bị giữ, sau khi đã có người xem')
    .argument('<dossierId>')
    .option('--json')
    .action(run(syncRelease(where, VERSION)));
  program
    .command('officer')
    .description('cán bộ của kho dữ liệu này')
    .command('add')
    .requiredOption('--name <name>', 'họ và tên')
    .requiredOption('--title <title>', 'chức danh')
    .addOption(new Option('--role <role...>', 'quyền').choices(['counter', 'signer', 'admin']).makeOptionMandatory())
    .requiredOption('--pin-env <var>', 'biến môi trường chứa PIN')
    .option('--json')
    .action(run(officerAdd(where, VERSION)));
  program
    .command('audit')
    .command('verify')
    .option('--json')
    .action(run(auditVerify(where, VERSION)));
  program
    .command('backup')
    .argument('<dir>')
    .option('--json')
    .action(run(backup(where, VERSION)));
  program
    .command('bridge')
    .description('ký số cho trang web')
    .command('certificate')
    .description('ghi chứng thư của 127.0.0.1 ra tệp để bộ phận kỹ thuật cài')
    .requiredOption('--out <file>')
    .option('--json')
    .action(run(bridgeCertificate(where)));
  program
    .command('province')
    .description('cổng tiếp nhận mẫu của tỉnh')
    .option('--port <n>', 'cổng', '0')
    .option('--data <dir>')
    .option('--fault <name=rate...>', 'lỗi giả lập', [])
    .action(run(province(where)));

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return thrown.exitCode === 0 ? 0 : EXIT.usage;
  }
  return code;
}
