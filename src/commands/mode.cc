#include "commands/mode.h"

namespace nacre {
namespace {

constexpr Mode kUser = 04700, kGroup = 02070, kOther = 00007, kSticky = 01000;

bool take_octal(std::string_view text, size_t& i, Mode& value) {
  size_t start = i;
  value = 0;
  while (i < text.size() && text[i] >= '0' && text[i] <= '7') {
    value = value * 8 + static_cast<Mode>(text[i++] - '0');
    if (value > 07777) return false;
  }
  return i > start;
}

}  // namespace

std::optional<ModeChange> ModeChange::parse(std::string_view text) {
  ModeChange m;
  if (text.empty()) return std::nullopt;
  size_t i = 0;
  if (text[0] >= '0' && text[0] <= '9') {
    Mode value;
    if (!take_octal(text, i, value) || i != text.size()) return std::nullopt;
    m.octal_ = true;
    m.long_octal_ = text.size() > 4;
    m.steps_.push_back({07777, true, '=', value, false, 0, false, 0, true});
    return m;
  }
  while (true) {
    Mode who = 0;
    bool given = false;
    for (; i < text.size() && std::string_view("ugoa").find(text[i]) != std::string_view::npos; i++) {
      given = true;
      who |= text[i] == 'u' ? kUser : text[i] == 'g' ? kGroup : text[i] == 'o' ? (kOther | kSticky) : 07777;
    }
    if (!given) who = 07777;
    if (i >= text.size() || std::string_view("+-=").find(text[i]) == std::string_view::npos) return std::nullopt;
    while (i < text.size() && std::string_view("+-=").find(text[i]) != std::string_view::npos) {
      Step step{who, given, text[i++], 0, false, 0, false, 0, false};
      if (i < text.size() && text[i] >= '0' && text[i] <= '7') {
        if (given || !take_octal(text, i, step.bits)) return std::nullopt;
        step.numeric = true;
        step.who_given = true;
      } else if (i < text.size() && std::string_view("ugo").find(text[i]) != std::string_view::npos) {
        step.copy = true;
        step.copy_from = text[i++];
      } else {
        for (; i < text.size(); i++) {
          char c = text[i];
          if (c == 'r') step.bits |= 0444;
          else if (c == 'w') step.bits |= 0222;
          else if (c == 'x') step.bits |= 0111;
          else if (c == 'X') step.x_if = true;
          else if (c == 's') step.bits |= 06000;
          else if (c == 't') step.bits |= 01000;
          else break;
        }
      }
      m.steps_.push_back(step);
    }
    if (i == text.size()) return m;
    if (text[i++] != ',') return std::nullopt;
  }
}

Mode ModeChange::apply(Mode old, bool is_dir, Mode umask) const {
  Mode mode = old & 07777;
  for (const Step& s : steps_) {
    Mode bits = s.bits;
    if (s.copy) {
      Mode from = s.copy_from == 'u' ? mode >> 6 : s.copy_from == 'g' ? mode >> 3 : mode;
      bits = (from & 7) * 0111;
    }
    if (s.x_if && (is_dir || (mode & 0111))) bits |= 0111;
    Mode who = s.who_given ? s.who : s.who & ~umask;
    Mode mask = s.numeric ? 07777 : who;
    bits &= mask;
    // A directory keeps set-uid and set-gid unless they are named.
    Mode keep = is_dir && !(s.numeric && long_octal_) && !(s.numeric && !octal_) ? 06000 & ~s.bits : 0;
    if (s.op == '+') mode |= bits;
    else if (s.op == '-') mode &= ~bits;
    else mode = (mode & (~(s.numeric ? Mode{07777} : s.who) | keep)) | bits;
  }
  return mode;
}

std::string mode_text(const Stat& st) {
  std::string s(1, "-dlpcbs"[static_cast<int>(st.type)]);
  for (int shift = 6; shift >= 0; shift -= 3) {
    Mode m = st.mode >> shift;
    s += m & 4 ? 'r' : '-';
    s += m & 2 ? 'w' : '-';
    bool special = st.mode & (shift == 6 ? 04000 : shift == 3 ? 02000 : 01000);
    char set = shift ? 's' : 't';
    s += special ? (m & 1 ? set : static_cast<char>(set - 32)) : m & 1 ? 'x' : '-';
  }
  return s;
}

}  // namespace nacre
