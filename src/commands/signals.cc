#include "commands/signals.h"

#include <cstdint>

#include "commands/numbers.h"
#include "kernel/signal.h"

namespace nacre {
namespace {

/// RTMIN+N and RTMAX-N for any N in the range, not only those that signal_name() prints.
std::optional<int> real_time_signal(std::string_view name) {
  const bool up = name.starts_with("RTMIN");
  if (!up && !name.starts_with("RTMAX")) return std::nullopt;
  int n = 0;
  if (name.size() > 5) {
    const auto parsed = parse_int(name.substr(5));
    if (!parsed || *parsed < -kSigCount || *parsed > kSigCount) return std::nullopt;
    n = static_cast<int>(*parsed);
  }
  const int sig = (up ? kSigRtMin : kSigRtMax) + n;
  if (sig < kSigRtMin || sig > kSigRtMax) return std::nullopt;
  return sig;
}

}  // namespace

std::string operand_signal_name(int sig) { return sig == 0 ? "EXIT" : sig == kSigIO ? "POLL" : signal_name(sig); }

std::optional<int> operand_signal(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text[0] >= '0' && text[0] <= '9') {
    const auto n = parse_int(text);
    if (!n || *n > INT32_MAX) return std::nullopt;
    const int sig = static_cast<int>(*n & (*n >= 0xff ? 0xff : 0x7f));   // from the status of a wait too
    if (sig != 0 && (sig >= kSigCount || signal_name(sig).empty())) return std::nullopt;
    return sig;
  }
  std::string name(text);
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  if (name.starts_with("SIG")) name.erase(0, 3);
  if (name == "EXIT") return 0;
  if (name.starts_with("SIG")) return std::nullopt;
  if (const auto sig = real_time_signal(name)) return sig;
  const int sig = signal_number(name);
  return sig > 0 ? std::optional(sig) : std::nullopt;
}

}  // namespace nacre
