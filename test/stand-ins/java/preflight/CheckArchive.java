import java.io.File;
import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.exception.SyntaxValidationException;
import org.apache.pdfbox.preflight.parser.PreflightParser;

/** What PDFBox's validator of PDF/A-1b says of each file: one line an error, "code details", after a line with the file's name. */
public class CheckArchive {
  public static void main(String[] paths) throws Exception {
    for (String path : paths) {
      System.out.println("file " + new File(path).getName());
      for (ValidationResult.ValidationError error : validate(new File(path)).getErrorsList()) {
        System.out.println(error.getErrorCode() + " " + error.getDetails());
      }
    }
  }

  private static ValidationResult validate(File file) throws Exception {
    PreflightParser parser = new PreflightParser(file);
    try {
      parser.parse();
      try (PreflightDocument document = parser.getPreflightDocument()) {
        document.validate();
        return document.getResult();
      }
    } catch (SyntaxValidationException invalid) {
      return invalid.getResult();
    }
  }
}
