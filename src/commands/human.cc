#include "commands/human.h"

#include "algo/unicode.h"
#include "commands/args.h"

namespace nacre {

// "K", "KiB", "kB": what a size that was given without a number adds to each number.
static std::string unit_suffix(std::string_view unit) {
  std::string letter(1, ascii_upper(unit[0]));
  if (unit.ends_with("iB")) return letter + "iB";
  if (unit.ends_with('B')) return (letter == "K" ? "k" : letter) + "B";
  return letter;
}

NumberText::Flaw SizeFormat::set_block(std::string_view text) {
  if (!text.empty() && text[0] == '\'') text.remove_prefix(1);
  for (std::string_view word : {"human-readable", "si"}) {
    if (text.empty() || !word.starts_with(text)) continue;
    human_ = word == "si" ? 1000 : 1024;
    block_ = 1;
    suffix_.clear();
    return NumberText::None;
  }
  NumberText n = read_number(text, "eEgGkKmMpPtTyYzZ0", 0);
  if (n.flaw || n.value == 0) return n.flaw ? n.flaw : NumberText::Invalid;
  human_ = 0;
  block_ = n.value;
  suffix_ = text.find_first_of("0123456789") == text.npos ? unit_suffix(text) : "";
  return NumberText::None;
}

std::optional<int> SizeFormat::set_option(Process& p, std::string_view option, std::string_view text, int status) {
  NumberText::Flaw flaw = set_block(text);
  if (!flaw) return std::nullopt;
  return warn_number(p, flaw, option, text, status);
}

void SizeFormat::from_environment(Process& p, const char* name) {
  if (p.getenv("POSIXLY_CORRECT")) block_ = 512;
  for (const char* variable : {name, "BLOCK_SIZE", "BLOCKSIZE"}) {
    const char* value = p.getenv(variable);
    if (!value) continue;
    if (!set_block(value)) return;
    // A number with a wrong suffix counts as what could be read of it.
    NumberText n = read_number(value, "gGkKmMPtTYZE0", 0);
    if (n.flaw != NumberText::Invalid && n.value) block_ = n.value;
    return;
  }
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
