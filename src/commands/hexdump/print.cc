#include <cmath>
#include <cstring>

#include "algo/unicode.h"
#include "commands/hexdump/format.h"

namespace nacre {
namespace {

// snprintf of one argument into text. The format was built by parse_hex_format.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
template <class T>
void print_one(Process& p, std::string& text, const std::string& format, T value) {
  text.resize(text.capacity());
  int n = std::snprintf(text.data(), text.size(), format.c_str(), value);
  if (n < 0) n = 0;
  if (static_cast<size_t>(n) >= text.size()) {
    p.check_memory(static_cast<uint64_t>(n));
    text.resize(static_cast<size_t>(n) + 1);
    std::snprintf(text.data(), text.size(), format.c_str(), value);
  }
  text.resize(static_cast<size_t>(n));
}
#pragma GCC diagnostic pop

// A conversion that takes a word in place of a character.
void print_word(Process& p, std::string& text, const HexPiece& piece, const char* word) {
  std::string format = piece.format;
  format[piece.conversion] = 's';
  print_one(p, text, format, word);
}

const char* escape_name(unsigned char c, char (&room)[8]) {
  constexpr std::string_view from = "\a\b\f\n\r\t\v", to = "abfnrtv";
  size_t k = from.find(static_cast<char>(c));
  if (c == 0) return "\\0";
  if (k != std::string_view::npos) std::snprintf(room, sizeof room, "\\%c", to[k]);
  else std::snprintf(room, sizeof room, "%03o", c);
  return room;
}

const char* ascii_name(unsigned char c, char (&room)[8]) {
  constexpr const char* kNames[] = {"nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs",  "ht", "lf",  "vt",  "ff", "cr", "so", "si",
                                    "dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs", "rs", "us"};
  if (c < 32) return kNames[c];
  if (c == 0x7f) return "del";
  std::snprintf(room, sizeof room, "%02x", c);
  return room;
}

uint64_t little(std::string_view bytes, size_t n) {
  uint64_t v = 0;
  for (size_t i = 0; i < n && i < bytes.size() && i < 8; i++) v |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return v;
}

// Spaces as wide as the value would be: the conversion as %s of nothing, without its flags.
void make_pad(HexPiece& piece) {
  size_t percent = piece.format.rfind('%'), flags = percent + 1;
  while (flags < piece.format.size() && std::strchr(" -0+#", piece.format[flags])) flags++;
  size_t letters = piece.conversion;
  while (letters > flags && piece.format[letters - 1] == 'l') letters--;
  piece.format = piece.format.substr(0, percent + 1) + piece.format.substr(flags, letters - flags) + "s";
  piece.kind = HexPiece::Pad;
}

}  // namespace

void HexPrinter::value(const HexPiece& piece, std::string_view rest, uint64_t address, std::string& text) const {
  char room[8];
  unsigned char c = rest.empty() ? 0 : static_cast<unsigned char>(rest[0]);
  bool printable = c >= ' ' && c < 0x7f;
  switch (piece.kind) {
    case HexPiece::Text: text = piece.format; break;
    case HexPiece::Pad: print_one(p_, text, piece.format, ""); break;
    case HexPiece::Address: print_one(p_, text, piece.format, static_cast<long long>(address)); break;
    case HexPiece::Char: print_one(p_, text, piece.format, static_cast<int>(c)); break;
    case HexPiece::Printable: print_one(p_, text, piece.format, printable ? static_cast<int>(c) : '.'); break;
    case HexPiece::NamedEscape:
      if (printable) print_one(p_, text, piece.format, static_cast<int>(c));
      else print_word(p_, text, piece, escape_name(c, room));
      break;
    case HexPiece::NamedAscii:
      if (printable) print_one(p_, text, piece.format, static_cast<int>(c));
      else print_word(p_, text, piece, ascii_name(c, room));
      break;
    case HexPiece::String: print_one(p_, text, piece.format, std::string(rest.substr(0, rest.find('\0'))).c_str()); break;
    case HexPiece::Unsigned: print_one(p_, text, piece.format, static_cast<unsigned long long>(little(rest, piece.bytes))); break;
    case HexPiece::Int: {
      int shift = static_cast<int>(64 - 8 * piece.bytes);
      print_one(p_, text, piece.format, static_cast<long long>(static_cast<int64_t>(little(rest, piece.bytes) << shift) >> shift));
      break;
    }
    case HexPiece::Float: {
      uint64_t bits = little(rest, piece.bytes);
      double d;
      if (piece.bytes == 4) {
        uint32_t half = static_cast<uint32_t>(bits);
        float f;
        std::memcpy(&f, &half, 4);
        d = static_cast<double>(f);
      } else {
        std::memcpy(&d, &bits, 8);
      }
      print_one(p_, text, piece.format, d);
      break;
    }
  }
}

const HexColor* HexPrinter::color(const HexPiece& piece, std::string_view rest, uint64_t address) const {
  for (const auto& c : piece.colors) {
    bool match = true;
    int64_t here = static_cast<int64_t>(address), at = c.offset < 0 ? here : c.offset;
    if (!c.value && !c.text) {
      match = c.offset < 0 || (here < at + static_cast<int64_t>(c.range) && here + static_cast<int64_t>(std::max<size_t>(piece.bytes, 1)) > at);
    } else if (at < here || at >= here + static_cast<int64_t>(std::max<size_t>(piece.bytes, 1))) {
      continue;
    } else if (piece.kind == HexPiece::Address) {
      match = c.value && *c.value == address;
    } else {
      std::string_view from = rest.substr(std::min(rest.size(), static_cast<size_t>(at - here)));
      size_t bytes = c.range;
      while (c.value && bytes < 8 && *c.value >> (8 * bytes)) bytes++;
      match = c.text ? from.substr(0, c.range) == *c.text : little(from, bytes) == *c.value;
    }
    if (match != (c.invert && (c.value || c.text))) return &c;
  }
  return nullptr;
}

void HexPrinter::piece(HexPiece& piece, std::string_view rest, uint64_t address, bool last) {
  const HexColor* c = color_ && !piece.colors.empty() ? color(piece, rest, address) : nullptr;
  bool lit = c && !c->sequence.empty();
  if (lit) out_.write(c->sequence);
  if (piece.kind == HexPiece::Text) {
    std::string_view text = piece.format;
    if (last && piece.drop_last) text.remove_suffix(1);
    out_.write(text);
  } else {
    value(piece, rest, address, text_);
    out_.write(text_);
  }
  if (lit) out_.write("\033[0m");
}

// Most of a dump is such bytes.
inline void HexPrinter::one_byte(HexPiece& piece, unsigned char c) {
  if (!piece.texts) piece.texts = std::make_unique<HexByteTexts>();
  HexByteTexts::One& known = piece.texts->of[c];
  if (known.size >= HexByteTexts::kLong) {
    const char byte = static_cast<char>(c);
    value(piece, {&byte, 1}, 0, text_);
    if (text_.size() > sizeof known.text) {
      known.size = HexByteTexts::kLong;
      return out_.write(text_);
    }
    known.size = static_cast<uint8_t>(text_.size());
    std::memcpy(known.text, text_.data(), text_.size());
  }
  std::memcpy(out_.room(sizeof known.text), known.text, sizeof known.text);
  out_.take(known.size);
}

void HexPrinter::block(std::string_view bytes, uint64_t address, std::optional<uint64_t> end) {
  for (auto& format : formats_) {
    uint64_t at = address;
    std::string_view rest = bytes;
    for (auto& unit : format.units) {
      if (unit.at_end) break;
      p_.tick(static_cast<uint32_t>(unit.iterations));
      for (uint64_t k = unit.iterations; k > 0; k--) {
        if ((k & 1023) == 0) p_.tick(1);
        for (auto& pc : unit.pieces) {
          if (end && at >= *end && pc.kind != HexPiece::Text && pc.kind != HexPiece::Pad) make_pad(pc);
          if (!rest.empty() && pc.one_byte() && (!color_ || pc.colors.empty())) one_byte(pc, static_cast<unsigned char>(rest[0]));
          else piece(pc, rest, at, k == 1);
          at += pc.bytes;
          rest.remove_prefix(std::min(rest.size(), pc.bytes));
        }
      }
    }
  }
}

void HexPrinter::finish(uint64_t end) {
  HexUnit* last = nullptr;
  for (auto& format : formats_)
    for (auto& unit : format.units)
      if (unit.at_end) last = &unit;
  if (!last) return;
  for (auto& pc : last->pieces)
    if (pc.kind == HexPiece::Text || pc.kind == HexPiece::Address) piece(pc, "", end, false);
}

}  // namespace nacre
