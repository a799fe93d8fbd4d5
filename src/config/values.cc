#include "config/values.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace nacre::config {
namespace {

constexpr uint64_t kDay = 86'400'000;
constexpr std::pair<std::string_view, uint64_t> kDurations[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", kDay}};
constexpr double kLongest = 1e15;   // milliseconds: 31,000 years

/// Takes "B", "iB" after a unit letter, and the letter. False: there is something else.
bool take_size_unit(std::string_view unit, uint64_t* factor) {
  *factor = 1;
  if (unit.empty() || unit == "b" || unit == "B") return true;
  constexpr std::string_view kLetters = "kmgt";
  const size_t power = kLetters.find(static_cast<char>(std::tolower(static_cast<unsigned char>(unit[0]))));
  if (power == kLetters.npos) return false;
  *factor = 1ull << (10 * (power + 1));
  unit.remove_prefix(1);
  return unit.empty() || unit == "b" || unit == "B" || unit == "ib" || unit == "iB" || unit == "IB";
}

}  // namespace

bool parse_size(std::string_view s, uint64_t* out) {
  uint64_t n = 0, factor = 1;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (error != std::errc() || end == s.data() || !take_size_unit(s.substr(static_cast<size_t>(end - s.data())), &factor)) return false;
  return !__builtin_mul_overflow(n, factor, out);
}

bool parse_duration(std::string_view s, uint64_t* out) {
  if (s == "none") return *out = 0, true;
  size_t digits = s.find_first_not_of("0123456789.");
  if (digits == s.npos) digits = s.size();
  uint64_t unit = digits == s.size() ? 1000 : 0;
  for (auto [name, ms] : kDurations)
    if (s.substr(digits) == name) unit = ms;
  const std::string number(s.substr(0, digits));
  char* end = nullptr;
  const double n = std::strtod(number.c_str(), &end);
  if (number.empty() || number == "." || *end || unit == 0 || !(n * static_cast<double>(unit) <= kLongest)) return false;
  *out = static_cast<uint64_t>(n * static_cast<double>(unit));
  if (*out == 0 && n > 0) *out = 1;
  return true;
}

std::string parse_mount(std::string_view text, Mount::Mode otherwise, Mount* out) {
  constexpr char kForm[] = "not of the form HOST:GUEST[:ro|:rw|:cow][,max-file=SIZE] with an absolute GUEST";
  *out = {};
  out->mode = otherwise;
  std::string_view rest = text;
  size_t colon = rest.rfind(':');
  if (colon == rest.npos) return kForm;
  if (rest.substr(colon + 1).find('/') == rest.npos) {
    std::string_view options = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    while (true) {
      const size_t comma = options.find(',');
      const std::string_view o = options.substr(0, comma);
      if (!parse_mode(o, &out->mode) && !o.starts_with("max-file=")) return kForm;
      if (o.starts_with("max-file=") && !parse_size(o.substr(9), &out->max_file_bytes))
        return "max-file=" + std::string(o.substr(9)) + ": not a size; write 512k, 10M or 1G";
      if (comma == options.npos) break;
      options.remove_prefix(comma + 1);
    }
    colon = rest.rfind(':');
  }
  if (colon == rest.npos || colon == 0 || colon + 1 == rest.size() || rest[colon + 1] != '/') return kForm;
  out->host = rest.substr(0, colon);
  out->guest = rest.substr(colon + 1);
  return "";
}

std::string parse_file(std::string_view text, Mount* out) {
  *out = {};
  const size_t colon = text.rfind(":/");
  if (colon == text.npos || colon == 0 || text.ends_with('/')) return "not of the form HOST:GUEST with an absolute GUEST";
  out->host = text.substr(0, colon);
  out->guest = text.substr(colon + 1);
  return "";
}

std::string size_text(uint64_t n) {
  size_t power = 0;
  while (n && n % 1024 == 0 && power < 4) n /= 1024, power++;
  return std::to_string(n) + std::string(power ? 1 : 0, power ? "kMGT"[power - 1] : '\0');
}

std::string duration_text(uint64_t ms) {
  if (ms == 0) return "none";
  for (auto at = std::rbegin(kDurations); at != std::rend(kDurations); ++at)
    if (ms % at->second == 0) return std::to_string(ms / at->second) + std::string(at->first);
  return std::to_string(ms) + "ms";
}

std::string mount_text(const Mount& m) {
  return m.host + ":" + m.guest + ":" + mode_name(m.mode) + (m.max_file_bytes ? ",max-file=" + size_text(m.max_file_bytes) : "");
}

bool parse_mode(std::string_view name, Mount::Mode* out) {
  for (Mount::Mode mode : {Mount::Mode::Cow, Mount::Mode::ReadOnly, Mount::Mode::ReadWrite})
    if (name == mode_name(mode)) return *out = mode, true;
  return false;
}

const char* mode_name(Mount::Mode mode) { return mode == Mount::Mode::ReadOnly ? "ro" : mode == Mount::Mode::ReadWrite ? "rw" : "cow"; }

}  // namespace nacre::config
