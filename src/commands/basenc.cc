/// base32, basenc - encode and decode data in the bases of RFC 4648 and others.
/// Source: GNU coreutils 9.1 manual, "basenc invocation"; RFC 4648; ZeroMQ RFC 32 (Z85).
/// Differs: none known.
#include <array>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: basenc [OPTION]... [FILE]\n  or:  base32 [OPTION]... [FILE]\n"
    "Encode or decode FILE, or standard input, to standard output (base32: as --base32).\n\n"
    "      --base64          same as 'base64' program (RFC4648 section 4)\n"
    "      --base64url       file- and url-safe base64 (RFC4648 section 5)\n"
    "      --base32          same as 'base32' program (RFC4648 section 6)\n"
    "      --base32hex       extended hex alphabet base32 (RFC4648 section 7)\n"
    "      --base16          hex encoding (RFC4648 section 8)\n"
    "      --base2msbf       bit string with most significant bit (msb) first\n"
    "      --base2lsbf       bit string with least significant bit (lsb) first\n"
    "      --z85             ascii85-like encoding (ZeroMQ spec:32/Z85)\n"
    "  -d, --decode          decode data\n"
    "  -i, --ignore-garbage  when decoding, ignore non-alphabet characters\n"
    "  -w, --wrap=COLS       wrap encoded lines after COLS character (default 76); 0 to disable line wrapping\n"
    "      --help            display this help and exit\n"
    "      --version         output version information and exit\n";

/// `bytes` bytes become `characters`, of `bits` each (0: Z85).
struct Encoding {
  std::string_view alphabet;
  unsigned bits, bytes, characters;
  bool pads, lsb = false;
};
constexpr Encoding kEncodings[] = {
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6, 3, 4, true},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6, 3, 4, true},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5, 5, 8, true},
    {"0123456789ABCDEFGHIJKLMNOPQRSTUV", 5, 5, 8, true},
    {"0123456789ABCDEF", 4, 1, 2, false},
    {"01", 1, 1, 8, false},
    {"01", 1, 1, 8, false, true},
    {"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#", 0, 4, 5, false},
};

struct Options {
  bool decode = false, ignore = false;
  uint64_t wrap = 76;
  int encoding = -1;
};
using O = Options;
template <int N>
void choose_encoding(O& o) {
  o.encoding = N;
}

std::optional<int> set_wrap(Process& p, O& o, std::string_view v) {
  auto n = parse_int(v);
  if (!n || *n < 0) {
    p.warn("invalid wrap size: %s", quote(p, v).c_str());
    return 1;
  }
  o.wrap = static_cast<uint64_t>(*n);
  return std::nullopt;
}

constexpr Flag<O> kBase32Flags[] = {{'d', "decode", &O::decode}, {'i', "ignore-garbage", &O::ignore}, {'w', "wrap", set_wrap}};
constexpr Flag<O> kFlags[] = {
    {'d', "decode", &O::decode},          {'i', "ignore-garbage", &O::ignore},  {'w', "wrap", set_wrap},
    {0, "base64", choose_encoding<0>},    {0, "base64url", choose_encoding<1>}, {0, "base32", choose_encoding<2>},
    {0, "base32hex", choose_encoding<3>}, {0, "base16", choose_encoding<4>},    {0, "base2msbf", choose_encoding<5>},
    {0, "base2lsbf", choose_encoding<6>}, {0, "z85", choose_encoding<7>},
};

std::string encode_group(const Encoding& e, std::string_view bytes) {
  uint64_t v = 0;
  for (size_t i = 0; i < e.bytes; i++) v = v << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
  std::string out(e.characters, '=');
  if (e.bits == 0) {
    for (size_t i = e.characters; i-- > 0; v /= 85) out[i] = e.alphabet[v % 85];
    return out;
  }
  size_t used = (bytes.size() * 8 + e.bits - 1) / e.bits;
  for (size_t i = 0; i < used; i++) out[e.lsb ? e.characters - 1 - i : i] = e.alphabet[v >> (e.bits * (e.characters - 1 - i)) & ((1u << e.bits) - 1)];
  return out;
}

bool encode(Process& p, Input& in, Output& out, const Encoding& e, uint64_t wrap) {
  uint64_t column = 0;
  for (;;) {
    std::string_view block = in.block(e.bytes);
    if (block.empty()) break;
    size_t n = block.size() < e.bytes ? block.size() : block.size() / e.bytes * e.bytes;
    if (e.bits == 0 && n % 4) {
      out.flush();
      p.warn("invalid input (length must be multiple of 4 characters)");
      return false;
    }
    for (size_t i = 0; i < n; i += e.bytes) {
      for (char c : encode_group(e, block.substr(i, std::min<size_t>(e.bytes, n - i)))) {
        if (wrap && column == wrap) {
          out.put('\n');
          column = 0;
        }
        out.put(c);
        column++;
      }
    }
    in.consume(n);
  }
  if (wrap && column) out.put('\n');
  return true;
}

class Decoder {
 public:
  Decoder(const Encoding& e, bool ignore, Output& out) : e_(e), ignore_(ignore), out_(out) {
    value_.fill(-1);
    for (size_t i = 0; i < e.alphabet.size(); i++) value_[static_cast<unsigned char>(e.alphabet[i])] = static_cast<int>(i);
  }
  /// False: it cannot go on like this.
  bool take(char c) {
    if (c == '\n') return true;
    if (c == '=' && e_.pads && !group_.empty()) {
      pads_++;
      if (group_.size() + pads_ == e_.characters) return finish_group();
      return group_.size() + pads_ < e_.characters;
    }
    int v = value_[static_cast<unsigned char>(c)];
    if (v < 0) return ignore_;
    if (pads_) return false;
    group_ += static_cast<char>(v);
    return group_.size() < e_.characters || finish_group();
  }
  bool end() { return group_.empty() && pads_ == 0; }

 private:
  bool finish_group() {
    uint64_t v = 0;
    if (e_.bits == 0) {
      for (char d : group_) v = v * 85 + static_cast<unsigned char>(d);
      if (v > UINT32_MAX) return false;
    } else {
      for (size_t i = 0; i < e_.characters; i++) {
        size_t k = e_.lsb ? e_.characters - 1 - i : i;
        v = v << e_.bits | (k < group_.size() ? static_cast<unsigned char>(group_[k]) : 0u);
      }
    }
    size_t bytes = e_.bits == 0 ? 4 : group_.size() * e_.bits / 8;
    // Only some lengths come from whole bytes, and what they do not need must be zero.
    if (e_.bits && (bytes == 0 || (bytes * 8 + e_.bits - 1) / e_.bits != group_.size())) return false;
    for (size_t i = 0; i < bytes; i++) out_.put(static_cast<char>(v >> (8 * (e_.bytes - 1 - i))));
    group_.clear();
    pads_ = 0;
    return true;
  }

  const Encoding& e_;
  bool ignore_;
  Output& out_;
  std::array<int, 256> value_;
  std::string group_;
  size_t pads_ = 0;
};

bool decode(Process& p, Input& in, Output& out, const Encoding& e, bool ignore) {
  Decoder decoder(e, ignore, out);
  bool good = true;
  for (std::string_view block = in.block(); good && !block.empty(); block = in.block()) {
    for (char c : block)
      if (!(good = decoder.take(c))) break;
    in.consume(block.size());
  }
  if (good && decoder.end()) return true;
  out.flush();
  p.warn("invalid input");
  return false;
}

int basenc_main(Process& p) {
  O o;
  std::vector<std::string> files;
  bool base32 = p.name() == "base32";
  if (base32) o.encoding = 2;
  if (auto status = base32 ? parse(p, kUsage, kBase32Flags, o, files) : parse(p, kUsage, kFlags, o, files)) return *status;
  if (o.encoding < 0) {
    p.warn("missing encoding type");
    return try_help(p);
  }
  if (files.size() > 1) return extra_operand(p, files[1]);
  auto in = open_input(p, files.empty() ? "-" : files[0]);
  if (!in) return 1;
  Output out(p);
  const Encoding& e = kEncodings[o.encoding];
  bool good = o.decode ? decode(p, *in, out, e, o.ignore) : encode(p, *in, out, e, o.wrap);
  if (in->error() != Errno::OK) {
    out.flush();
    p.warn(in->error(), "read error");
    good = false;
  }
  return out.finish(good ? 0 : 1);
}

}  // namespace

Command basenc_command() { return {{"basenc", "base32"}, kUsage, basenc_main}; }

}  // namespace nacre
