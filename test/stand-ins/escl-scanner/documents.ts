/** @file The XML of the virtual scanner, valid for strict independent clients (sane-airscan reads it too). */
import type { EsclFaults } from './faults.ts';

const NAMESPACES =
  'xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

export interface DeviceDescription {
  readonly model: string;
  readonly uuid: string;
  readonly hasDuplex: boolean;
  readonly dpis: readonly number[];
  readonly onlyBlackAndWhite: boolean;
}

export interface JobDescription {
  readonly path: string;
  readonly id: string;
  readonly state: 'Processing' | 'Completed' | 'Canceled' | 'Aborted';
  readonly imagesCompleted: number;
  readonly imagesToTransfer: number;
}

export function capabilitiesDocument(device: DeviceDescription): string {
  const modes = device.onlyBlackAndWhite ? ['BlackAndWhite1'] : ['Grayscale8', 'RGB24'];
  const resolutions = device.dpis.map(
    (dpi) =>
      `<scan:DiscreteResolution><scan:XResolution>${dpi}</scan:XResolution><scan:YResolution>${dpi}</scan:YResolution></scan:DiscreteResolution>`,
  );
  const input = `<scan:MinWidth>300</scan:MinWidth><scan:MaxWidth>2550</scan:MaxWidth><scan:MinHeight>300</scan:MinHeight><scan:MaxHeight>3510</scan:MaxHeight>
<scan:MaxScanRegions>1</scan:MaxScanRegions>
<scan:SettingProfiles><scan:SettingProfile>
<scan:ColorModes>${modes.map((mode) => `<scan:ColorMode>${mode}</scan:ColorMode>`).join('')}</scan:ColorModes>
<scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat><pwg:DocumentFormat>application/pdf</pwg:DocumentFormat><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>
<scan:SupportedResolutions><scan:DiscreteResolutions>${resolutions.join('')}</scan:DiscreteResolutions></scan:SupportedResolutions>
<scan:ColorSpaces><scan:ColorSpace>sRGB</scan:ColorSpace></scan:ColorSpaces>
</scan:SettingProfile></scan:SettingProfiles>
<scan:SupportedIntents><scan:Intent>Document</scan:Intent><scan:Intent>TextAndGraphic</scan:Intent></scan:SupportedIntents>
<scan:MaxOpticalXResolution>600</scan:MaxOpticalXResolution><scan:MaxOpticalYResolution>600</scan:MaxOpticalYResolution>`;
  return `${HEAD}<scan:ScannerCapabilities ${NAMESPACES}>
<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>${device.model}</pwg:MakeAndModel><pwg:SerialNumber>VIRTUAL1</pwg:SerialNumber>
<scan:UUID>${device.uuid}</scan:UUID>
<scan:Platen><scan:PlatenInputCaps>${input}</scan:PlatenInputCaps></scan:Platen>
<scan:Adf><scan:AdfSimplexInputCaps>${input}</scan:AdfSimplexInputCaps>
${device.hasDuplex ? `<scan:AdfDuplexInputCaps>${input}</scan:AdfDuplexInputCaps>` : ''}
<scan:FeederCapacity>50</scan:FeederCapacity>
<scan:AdfOptions><scan:AdfOption>DetectPaperLoaded</scan:AdfOption>${device.hasDuplex ? '<scan:AdfOption>Duplex</scan:AdfOption>' : ''}</scan:AdfOptions></scan:Adf>
<scan:CompressionFactorSupport><scan:Min>0</scan:Min><scan:Max>100</scan:Max><scan:Normal>25</scan:Normal><scan:Step>1</scan:Step></scan:CompressionFactorSupport>
</scan:ScannerCapabilities>
`;
}

export function statusDocument(state: string, adfState: string, jobs: readonly JobDescription[]): string {
  const infos = jobs.map(
    (
      job,
    ) => `<scan:JobInfo><pwg:JobUri>${job.path}</pwg:JobUri><pwg:JobUuid>${job.id}</pwg:JobUuid><scan:Age>1</scan:Age>
<pwg:ImagesCompleted>${job.imagesCompleted}</pwg:ImagesCompleted><pwg:ImagesToTransfer>${job.imagesToTransfer}</pwg:ImagesToTransfer>
<pwg:JobState>${job.state}</pwg:JobState><pwg:JobStateReasons><pwg:JobStateReason>${job.state === 'Completed' ? 'JobCompletedSuccessfully' : 'JobScanning'}</pwg:JobStateReason></pwg:JobStateReasons></scan:JobInfo>`,
  );
  return `${HEAD}<scan:ScannerStatus ${NAMESPACES}>
<pwg:Version>2.63</pwg:Version><pwg:State>${state}</pwg:State><scan:AdfState>${adfState}</scan:AdfState>
<scan:Jobs>${infos.join('')}</scan:Jobs></scan:ScannerStatus>
`;
}

/** Documents that a careless reader dies of: entity expansion, files of the reader's computer, size, depth, count. */
export function hostileDocument(kind: EsclFaults['hostileXml']): string {
  const wrap = (model: string, prolog = ''): string =>
    `<?xml version="1.0"?>${prolog}<scan:ScannerCapabilities ${NAMESPACES}><pwg:MakeAndModel>${model}</pwg:MakeAndModel></scan:ScannerCapabilities>`;
  switch (kind) {
    case 'entities': {
      const levels = Array.from({ length: 9 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`);
      return wrap('&e9;', `<!DOCTYPE x [<!ENTITY e0 "ha">${levels.join('')}]>`);
    }
    case 'external':
      return wrap('&file;', '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>');
    case 'huge':
      return wrap('A'.repeat(64 * 1024 * 1024));
    case 'deep':
      return `<?xml version="1.0"?>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`;
    case 'wide':
      return wrap('<b/>'.repeat(200_000));
    case 'garbage':
      return '<html><body>Router login<br></body>';
  }
}
