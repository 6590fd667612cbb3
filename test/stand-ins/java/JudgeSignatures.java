import java.io.ByteArrayInputStream;
import java.io.File;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.TimeStampToken;

/** What PDFBox and BouncyCastle say of a signed PDF: one line a signature, then one for the document security store. */
public class JudgeSignatures {
  static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  public static void main(String[] arguments) throws Exception {
    byte[] file = Files.readAllBytes(new File(arguments[0]).toPath());
    try (PDDocument document = arguments.length > 1 ? PDDocument.load(file, arguments[1]) : PDDocument.load(file)) {
      for (PDSignature signature : document.getSignatureDictionaries()) judge(signature, file);
      printStore(document);
    }
  }

  static void judge(PDSignature signature, byte[] file) throws Exception {
    byte[] covered = signature.getSignedContent(new ByteArrayInputStream(file));
    byte[] contents = signature.getContents(file);
    int[] range = signature.getByteRange();
    boolean coversAll = range[2] + range[3] == file.length;
    String kind = signature.getSubFilter();
    boolean isRight;
    String stamp = "none";
    if ("ETSI.RFC3161".equals(kind)) {
      isRight = isRight(new TimeStampToken(new CMSSignedData(contents)), covered);
    } else {
      CMSSignedData cms = new CMSSignedData(new CMSProcessableByteArray(covered), contents);
      SignerInformation signer = cms.getSignerInfos().getSigners().iterator().next();
      Collection<?> found = cms.getCertificates().getMatches(signer.getSID());
      X509CertificateHolder certificate = (X509CertificateHolder) found.iterator().next();
      isRight =
          signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider(PROVIDER).build(certificate));
      AttributeTable unsigned = signer.getUnsignedAttributes();
      Attribute attribute = unsigned == null ? null : unsigned.get(PKCSObjectIdentifiers.id_aa_signatureTimeStampToken);
      if (attribute != null) {
        ASN1Encodable token = attribute.getAttrValues().getObjectAt(0);
        stamp =
            isRight(new TimeStampToken(ContentInfo.getInstance(token)), signer.getSignature()) ? "right" : "wrong";
      }
    }
    System.out.println("signature " + kind + " right=" + isRight + " coversAll=" + coversAll + " stamp=" + stamp);
  }

  static boolean isRight(TimeStampToken token, byte[] stamped) throws Exception {
    Collection<?> found = token.getCertificates().getMatches(token.getSID());
    X509CertificateHolder authority = (X509CertificateHolder) found.iterator().next();
    token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider(PROVIDER).build(authority));
    byte[] digest =
        MessageDigest.getInstance(token.getTimeStampInfo().getMessageImprintAlgOID().getId(), PROVIDER).digest(stamped);
    return Arrays.equals(digest, token.getTimeStampInfo().getMessageImprintDigest());
  }

  static void printStore(PDDocument document) throws Exception {
    COSDictionary store = document.getDocumentCatalog().getCOSObject().getCOSDictionary(COSName.getPDFName("DSS"));
    if (store == null) return;
    StringBuilder line = new StringBuilder("store");
    for (String list : new String[] {"Certs", "OCSPs", "CRLs"}) {
      COSArray items = store.getCOSArray(COSName.getPDFName(list));
      int count = 0;
      for (int index = 0; items != null && index < items.size(); index++) {
        COSBase item = items.getObject(index);
        if (((COSStream) item).createInputStream().readAllBytes().length > 0) count++;
      }
      line.append(' ').append(list).append('=').append(count);
    }
    COSDictionary records = store.getCOSDictionary(COSName.getPDFName("VRI"));
    line.append(" VRI=").append(records == null ? 0 : records.size());
    System.out.println(line);
  }
}
