package javax.xml.bind;

import java.util.Calendar;
import javax.xml.datatype.DatatypeConfigurationException;
import javax.xml.datatype.DatatypeFactory;

/** Left the JDK with version 11; preflight reads the numbers and dates of the metadata with it. */
public final class DatatypeConverter {
  private DatatypeConverter() {}

  public static int parseInt(String text) {
    return Integer.parseInt(text.trim());
  }

  public static Calendar parseDateTime(String text) {
    try {
      return DatatypeFactory.newInstance().newXMLGregorianCalendar(text).toGregorianCalendar();
    } catch (DatatypeConfigurationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
