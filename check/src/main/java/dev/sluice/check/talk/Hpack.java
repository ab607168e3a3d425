package dev.sluice.check.talk;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * HTTP/2's header compression (RFC 7541) as far as a client needs it that has set the size of the
 * server's dynamic table to 0: literals, the static table, Huffman codes.
 */
final class Hpack {
  private Hpack() {}

  /** A header; names in lower case. */
  record Header(String name, String value) {}

  /** A block that cannot be read. */
  static final class BadBlock extends Exception {
    private static final long serialVersionUID = 1;

    BadBlock(String what) {
      super(what);
    }
  }

  /** Appendix A, from index 1 on; a name alone has an empty value. */
  private static final String[] STATIC =
      """
      :authority
      :method GET
      :method POST
      :path /
      :path /index.html
      :scheme http
      :scheme https
      :status 200
      :status 204
      :status 206
      :status 304
      :status 400
      :status 404
      :status 500
      accept-charset
      accept-encoding gzip, deflate
      accept-language
      accept-ranges
      accept
      access-control-allow-origin
      age
      allow
      authorization
      cache-control
      content-disposition
      content-encoding
      content-language
      content-length
      content-location
      content-range
      content-type
      cookie
      date
      etag
      expect
      expires
      from
      host
      if-match
      if-modified-since
      if-none-match
      if-range
      if-unmodified-since
      last-modified
      link
      location
      max-forwards
      proxy-authenticate
      proxy-authorization
      range
      referer
      refresh
      retry-after
      server
      set-cookie
      strict-transport-security
      transfer-encoding
      user-agent
      vary
      via
      www-authenticate
      """
          .split("\n");

  /**
   * Appendix B: the length of each symbol's code, 'a' = 5 bits; the last one is the end of string.
   * The code is canonical, so that the lengths say all.
   */
  private static final String LENGTHS =
      "isxxxxxxxtzxxzxxxxxxxxzxxxxxxxxxbffhibdgffdgdbbbaaabbbbbbbcdkbhfibccccccccccccccccccccccdcdioijbka"
          + "bababbbaccbbbabcbaabccccckgjixprpprrrsrssssststtrstssssqrsrsstrqprrssqsrrtqrssqqrqsrssprrrsrrs"
          + "vvporsruvvvwwvtuoqvwwvwtqqvvxwwwptpqrqqsrruuttvsvwvvwwwwwxwwwwwvz";

  private static final int LONGEST = 30;
  private static final int END = 256;

  /** By code length: the first code, the first place in {@link #SYMBOLS}, how many. */
  private static final int[] FIRST_CODE = new int[LONGEST + 2];

  private static final int[] FIRST_PLACE = new int[LONGEST + 2];
  private static final int[] COUNT = new int[LONGEST + 2];
  private static final int[] SYMBOLS = new int[LENGTHS.length()];

  static {
    int code = 0;
    int place = 0;
    for (int length = 5; length <= LONGEST; length++) {
      FIRST_CODE[length] = code;
      FIRST_PLACE[length] = place;
      for (int symbol = 0; symbol < LENGTHS.length(); symbol++) {
        if (LENGTHS.charAt(symbol) - 'a' + 5 == length) {
          SYMBOLS[place++] = symbol;
          COUNT[length]++;
        }
      }
      code = (code + COUNT[length]) << 1;
    }
  }

  /** Headers as literals without indexing and without Huffman codes. */
  static byte[] encode(List<Header> headers) {
    var out = new ByteArrayOutputStream();
    for (Header h : headers) {
      out.write(0);
      string(out, h.name());
      string(out, h.value());
    }
    return out.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length;
    if (length < 127) {
      out.write(length);
    } else {
      out.write(127);
      length -= 127;
      for (; length >= 128; length >>= 7) {
        out.write((length & 127) | 128);
      }
      out.write(length);
    }
    out.writeBytes(bytes);
  }

  /** The headers of a block. */
  static List<Header> decode(byte[] block) throws BadBlock {
    ByteBuffer in = ByteBuffer.wrap(block);
    var headers = new ArrayList<Header>();
    while (in.hasRemaining()) {
      int first = in.get() & 0xff;
      if ((first & 0x80) != 0) {
        headers.add(known(integer(in, first, 7)));
      } else if ((first & 0xe0) == 0x20) {
        int _ = integer(in, first, 5); // the table's size: it has none
      } else {
        int index = integer(in, first, (first & 0x40) != 0 ? 6 : 4);
        String name = index == 0 ? text(in) : known(index).name();
        headers.add(new Header(name, text(in)));
      }
    }
    return headers;
  }

  private static Header known(int index) throws BadBlock {
    if (index < 1 || index > STATIC.length) {
      throw new BadBlock("refers to header " + index + " of a table that it was told not to have");
    }
    String entry = STATIC[index - 1];
    int blank = entry.indexOf(' ');
    return blank < 0
        ? new Header(entry, "")
        : new Header(entry.substring(0, blank), entry.substring(blank + 1));
  }

  private static int integer(ByteBuffer in, int first, int prefix) throws BadBlock {
    int most = (1 << prefix) - 1;
    int value = first & most;
    if (value < most) {
      return value;
    }
    for (int shift = 0; shift <= 21; shift += 7) {
      int b = next(in);
      value += (b & 127) << shift;
      if ((b & 128) == 0) {
        return value;
      }
    }
    throw new BadBlock("a number is too large");
  }

  private static int next(ByteBuffer in) throws BadBlock {
    if (!in.hasRemaining()) {
      throw new BadBlock("ends in the middle of a header");
    }
    return in.get() & 0xff;
  }

  private static String text(ByteBuffer in) throws BadBlock {
    int first = next(in);
    int length = integer(in, first, 7);
    if (length > in.remaining()) {
      throw new BadBlock("ends in the middle of a header");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return (first & 0x80) == 0 ? new String(bytes, StandardCharsets.UTF_8) : huffman(bytes);
  }

  /** What a string of Huffman codes says. */
  static String huffman(byte[] bytes) throws BadBlock {
    var out = new ByteArrayOutputStream();
    int code = 0;
    int length = 0;
    for (byte b : bytes) {
      for (int bit = 7; bit >= 0; bit--) {
        code = code << 1 | (b >> bit & 1);
        length++;
        int place = length < 5 ? -1 : code - FIRST_CODE[length];
        if (place >= 0 && place < COUNT[length]) {
          int symbol = SYMBOLS[FIRST_PLACE[length] + place];
          if (symbol == END) {
            throw new BadBlock("holds the end-of-string symbol");
          }
          out.write(symbol);
          code = 0;
          length = 0;
        } else if (length >= LONGEST) {
          throw new BadBlock("holds no Huffman code");
        }
      }
    }
    if (length > 7 || code != (1 << length) - 1) {
      throw new BadBlock("is not padded with ones");
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
