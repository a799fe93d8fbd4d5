/// HexFormat: format strings of hexdump, read into pieces that each print a few
/// bytes of a block. Source: hexdump(1) of util-linux 2.38, "FORMATS".
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/text_io.h"

namespace nacre {

/// A color, and when it is used: always, at some offsets, or for a value there.
struct HexColor {
  bool invert = false;
  std::string sequence;                 ///< "" for a color that is not known
  int64_t offset = -1;                  ///< -1: anywhere
  size_t range = 1;
  std::optional<std::string> text;
  std::optional<uint64_t> value;
};

/// What a conversion of one byte prints for each byte, made when it is first asked for.
struct HexByteTexts {
  static constexpr uint8_t kUnknown = 0xff, kLong = 0xfe;   // not made yet; does not fit here
  struct One {
    uint8_t size = kUnknown;
    char text[15];
  };
  One of[256];
};

/// One conversion, or a piece of text.
struct HexPiece {
  enum Kind : uint8_t { Text, Address, Pad, NamedEscape, Char, Float, Int, Printable, String, NamedAscii, Unsigned } kind = Text;
  std::string format;                   ///< for snprintf with one argument; of Text, the text
  size_t conversion = 0;                ///< where in `format` the conversion letter is
  size_t bytes = 0;
  bool drop_last = false;               ///< the last iteration omits the trailing blank
  std::vector<HexColor> colors;
  std::unique_ptr<HexByteTexts> texts;  ///< for what depends on one byte alone

  bool one_byte() const { return bytes == 1 && kind != Text && kind != Address && kind != Pad && kind != String && kind != Float; }
};

/// `iterations/bytes "format"`.
struct HexUnit {
  uint64_t iterations = 1;
  bool iterations_given = false, at_end = false;   ///< at_end: has %_A
  size_t bytes = 0;
  std::string text;
  std::vector<HexPiece> pieces;
};

/// A format string: units that all start at the beginning of a block.
struct HexFormat {
  std::vector<HexUnit> units;
  size_t bytes = 0;
};

/// Reads one format string. False after a message.
bool parse_hex_format(Process& p, std::string_view text, std::vector<HexFormat>& out);
/// Settles what depends on all of them; the size of a block, nullopt after a message.
/// `color`: colors will be used, so they must make sense.
std::optional<size_t> settle_hex_formats(Process& p, std::vector<HexFormat>& formats, bool color);

/// Writes blocks.
class HexPrinter {
 public:
  HexPrinter(Process& p, std::vector<HexFormat>& formats, Output& out, bool color) : p_(p), formats_(formats), out_(out), color_(color) {}
  /// A block at an address, padded with NUL; bytes from `end` on (if not null) do not exist.
  void block(std::string_view bytes, uint64_t address, std::optional<uint64_t> end);
  /// What %_A says.
  void finish(uint64_t end);

 private:
  void piece(HexPiece& piece, std::string_view rest, uint64_t address, bool last);
  void one_byte(HexPiece& piece, unsigned char c);
  void value(const HexPiece& piece, std::string_view rest, uint64_t address, std::string& text) const;
  const HexColor* color(const HexPiece& piece, std::string_view rest, uint64_t address) const;

  Process& p_;
  std::vector<HexFormat>& formats_;
  Output& out_;
  bool color_;
  std::string text_;
};

}  // namespace nacre
