#include "kernel/signal.h"

#include <algorithm>

namespace nacre {

SignalDefault default_action(int sig) {
  switch (sig) {
#define X(name, number, action, text) \
  case number: return SignalDefault::action;
    NACRE_SIGNAL_LIST(X)
#undef X
    default: return SignalDefault::Term;
  }
}

std::string signal_name(int sig) {
  switch (sig) {
#define X(name, number, action, text) \
  case number: return #name;
    NACRE_SIGNAL_LIST(X)
#undef X
  }
  if (sig == kSigRtMin) return "RTMIN";
  if (sig == kSigRtMax) return "RTMAX";
  if (sig > kSigRtMin && sig <= kSigRtMin + 15) return "RTMIN+" + std::to_string(sig - kSigRtMin);
  if (sig > kSigRtMin + 15 && sig < kSigRtMax) return "RTMAX-" + std::to_string(kSigRtMax - sig);
  return "";
}

int signal_number(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    int n = 0;
    for (char c : text) {
      n = n * 10 + (c - '0');
      if (n >= kSigCount) return -1;
    }
    return n;
  }
  std::string name(text);
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (int s = 1; s < kSigCount; s++) {
    if (!name.empty() && signal_name(s) == name) return s;
  }
  if (name == "IOT") return kSigABRT;
  if (name == "CLD") return kSigCHLD;
  if (name == "POLL") return kSigIO;
  return -1;
}

std::string signal_text(int sig) {
  switch (sig) {
#define X(name, number, action, text) \
  case number: return text;
    NACRE_SIGNAL_LIST(X)
#undef X
  }
  if (sig >= kSigRtMin && sig <= kSigRtMax) return "Real-time signal " + std::to_string(sig - kSigRtMin);
  return "Unknown signal " + std::to_string(sig);
}

}  // namespace nacre
