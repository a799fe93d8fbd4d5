#include <algorithm>
#include <cstdio>
#include <vector>

#include "commands/tput/terminals.h"

namespace nacre {
namespace {

/// ^G, \E, \n, \072 and the like as bytes, without the delays for slow terminals ($<5>).
std::string unescape(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); i++) {
    char c = s[i];
    size_t delay = c == '$' && s.substr(i + 1).starts_with('<') ? s.find('>', i) : std::string_view::npos;
    if (delay != std::string_view::npos) {
      i = delay;
    } else if (c == '^' && i + 1 < s.size()) {
      out += static_cast<char>(s[++i] == '?' ? 0x7f : s[i] & 0x1f);
    } else if (c != '\\' || i + 1 >= s.size()) {
      out += c;
    } else if (char e = s[++i]; e >= '0' && e <= '7') {
      int value = 0;
      for (int n = 0; n < 3 && i < s.size() && s[i] >= '0' && s[i] <= '7'; n++) value = value * 8 + (s[i++] - '0');
      i--;
      out += static_cast<char>(value == 0 ? 0x80 : value);
    } else {
      constexpr std::string_view kFrom = "EenlrtbfSs", kTo = "\033\033\n\n\r\t\b\f  ";
      size_t k = kFrom.find(e);
      out += k == std::string_view::npos ? e : kTo[k];
    }
  }
  return out;
}

/// terminfo's little stack language.
class Filler {
 public:
  Filler(std::string_view text, const std::array<int64_t, 9>& parameters) : s_(text), p_(parameters) {}

  std::string run() {
    while (at_ < s_.size()) {
      char c = s_[at_++];
      if (c != '%' || at_ >= s_.size()) out_ += c;
      else step(s_[at_++]);
    }
    return std::move(out_);
  }

 private:
  int64_t pop() {
    if (stack_.empty()) return 0;
    int64_t v = stack_.back();
    stack_.pop_back();
    return v;
  }
  void push(int64_t v) { stack_.push_back(v); }

  void step(char c) {
    switch (c) {
      case '%': out_ += '%'; return;
      case 'p':
        if (at_ < s_.size() && s_[at_] >= '1' && s_[at_] <= '9') push(p_[static_cast<size_t>(s_[at_++] - '1')]);
        return;
      case 'P':
      case 'g':
        if (at_ < s_.size()) {
          auto& variable = variables_[static_cast<unsigned char>(s_[at_++]) & 0x7f];
          if (c == 'P') variable = pop();
          else push(variable);
        }
        return;
      case '\'':
        if (at_ < s_.size()) push(static_cast<unsigned char>(s_[at_]));
        at_ = std::min(at_ + 2, s_.size());
        return;
      case '{': {
        int64_t n = 0;
        for (; at_ < s_.size() && s_[at_] != '}'; at_++)
          if (s_[at_] >= '0' && s_[at_] <= '9' && n < 1000000) n = n * 10 + (s_[at_] - '0');
        at_ = std::min(at_ + 1, s_.size());
        push(n);
        return;
      }
      case 'i':
        p_[0]++;
        p_[1]++;
        return;
      case 'c': out_ += static_cast<char>(pop()); return;
      case 's': out_ += std::to_string(pop()); return;
      case '!': push(!pop()); return;
      case '~': push(~pop()); return;
      case '?':
      case ';': return;
      case 't':
        if (!pop()) skip(true);
        return;
      case 'e': skip(false); return;
      default: break;
    }
    constexpr std::string_view kBinary = "+-*/m&|^=<>AO";
    if (kBinary.find(c) != std::string_view::npos) {
      int64_t b = pop(), a = pop();
      push(c == '+'   ? a + b
           : c == '-' ? a - b
           : c == '*' ? a * b
           : c == '/' ? (b ? a / b : 0)
           : c == 'm' ? (b ? a % b : 0)
           : c == '&' ? (a & b)
           : c == '|' ? (a | b)
           : c == '^' ? (a ^ b)
           : c == '=' ? a == b
           : c == '<' ? a < b
           : c == '>' ? a > b
           : c == 'A' ? a && b
                      : a || b);
      return;
    }
    print(c);
  }

  /// %[[:]flags][width[.precision]][doxX]
  void print(char c) {
    std::string how = "%";
    if (c == ':') c = at_ < s_.size() ? s_[at_++] : 'd';
    while (std::string_view("0123456789.# +-").find(c) != std::string_view::npos && how.size() < 12) {
      how += c;
      if (at_ >= s_.size()) return;
      c = s_[at_++];
    }
    if (c != 'd' && c != 'o' && c != 'x' && c != 'X') return;
    char text[256];
    int n = std::snprintf(text, sizeof text, (how + "ll" + c).c_str(), static_cast<long long>(pop()));
    out_.append(text, std::min<size_t>(static_cast<size_t>(std::max(n, 0)), sizeof text - 1));
  }

  /// To the end of this branch: behind %; or, if `to_else`, behind %e.
  void skip(bool to_else) {
    for (int depth = 0; at_ + 1 < s_.size(); at_++) {
      if (s_[at_] != '%') continue;
      char c = s_[at_ + 1];
      if (c == '?') depth++;
      if (c == ';' && depth-- == 0) break;
      if (c == 'e' && depth == 0 && to_else) break;
      at_++;
    }
    at_ = std::min(at_ + 2, s_.size());
  }

  std::string_view s_;
  std::array<int64_t, 9> p_;
  std::array<int64_t, 128> variables_{};
  std::vector<int64_t> stack_;
  std::string out_;
  size_t at_ = 0;
};

}  // namespace

std::optional<Capability> find_capability(const Terminal& terminal, std::string_view name) {
  for (std::string_view c : terminal.capabilities) {
    if (!c.starts_with(name)) continue;
    std::string_view rest = c.substr(name.size());
    if (rest.empty()) return Capability{};
    if (rest[0] == '=') return Capability{Capability::Kind::Text, 0, unescape(rest.substr(1))};
    if (rest[0] != '#') continue;
    int64_t n = 0;
    bool hex = rest.starts_with("#0x");
    for (char d : rest.substr(hex ? 3 : 1)) n = n * (hex ? 16 : 10) + (d <= '9' ? d - '0' : (d | 0x20) - 'a' + 10);
    return Capability{Capability::Kind::Number, n, ""};
  }
  return std::nullopt;
}

std::string fill_parameters(std::string_view text, const std::array<int64_t, 9>& parameters) { return Filler(text, parameters).run(); }

}  // namespace nacre
