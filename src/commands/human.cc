#include "commands/human.h"

#include "algo/unicode.h"
#include "commands/args.h"

namespace nacre {

bool SizeFormat::set_block(std::string_view text) {
  if (!text.empty() && text[0] == '\'') text.remove_prefix(1);
  if (text == "human-readable" || text == "si") {
    human_ = text == "si" ? 1000 : 1024;
    return true;
  }
  auto n = parse_size(text, "kKmMgGtTPEZY0");
  if (!n || *n == 0) return false;
  human_ = 0;
  block_ = *n;
  suffix_ = ascii_digit(text[0]) ? "" : std::string(text);
  if (suffix_ == "k") suffix_ = "K";
  return true;
}

void SizeFormat::from_environment(Process& p, const char* name) {
  for (const char* variable : {name, "BLOCK_SIZE", "BLOCKSIZE"}) {
    const char* value = p.getenv(variable);
    if (!value) continue;
    set_block(value);
    return;
  }
  if (p.getenv("POSIXLY_CORRECT")) block_ = 512;
}

// One digit behind the point below ten, rounded up.
std::string SizeFormat::text(uint64_t bytes) const {
  if (!human_) return std::to_string(bytes / block_ + (bytes % block_ != 0)) + suffix_;
  if (bytes < human_) return std::to_string(bytes);
  static constexpr char kLetters[] = "KMGTPEZY";
  int power = 0;
  __extension__ using Wide = unsigned __int128;
  Wide unit = human_;
  while (bytes / unit >= human_) unit *= human_, power++;
  Wide tenths = (static_cast<Wide>(bytes) * 10 + unit - 1) / unit;
  if (tenths < 100) {
    return std::to_string(static_cast<uint64_t>(tenths / 10)) + "." + std::to_string(static_cast<uint64_t>(tenths % 10)) +
           (power == 0 && human_ == 1000 ? 'k' : kLetters[power]);
  }
  auto whole = static_cast<uint64_t>((static_cast<Wide>(bytes) + unit - 1) / unit);
  if (whole >= human_) return std::string("1.0") + kLetters[power + 1];
  return std::to_string(whole) + (power == 0 && human_ == 1000 ? 'k' : kLetters[power]);
}

std::string SizeFormat::unit() const {
  static constexpr char kLetters[] = "KMGTPEZY";
  for (uint64_t base : {uint64_t{1024}, uint64_t{1000}}) {
    uint64_t n = block_;
    int power = -1;
    while (n >= base && n % base == 0) n /= base, power++;
    if (n == 1 && power >= 0) return std::string("1") + (base == 1000 && power == 0 ? 'k' : kLetters[power]) + (base == 1000 ? "B" : "");
    if (power >= 0 && base == 1024) return std::to_string(n) + kLetters[power];
  }
  return std::to_string(block_) + "B";
}

}  // namespace nacre
