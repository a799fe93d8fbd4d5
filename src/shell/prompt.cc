// Prompt strings and ${x@P}. Source: bash manual 6.9 "Controlling the Prompt".
#include <cstdio>

#include "base/utf8.h"
#include "shell/scopes.h"
#include "shell/builtins/time_text.h"
#include "shell/shell.h"

namespace nacre {
namespace {

std::string clock_text(int64_t seconds, const char* format) {
  // Days to civil date. Source: "chrono-Compatible Low-Level Date Algorithms", H. Hinnant.
  int64_t days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400;
  int64_t rest = seconds - days * 86400;
  int64_t z = days + 719468;
  int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  int64_t doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  int day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr const char* weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  int hour = static_cast<int>(rest / 3600), minute = static_cast<int>(rest / 60 % 60), second = static_cast<int>(rest % 60);
  char text[64];
  std::string_view f(format);
  if (f == "d") std::snprintf(text, sizeof text, "%s %s %02d", weekdays[((days % 7) + 7) % 7], months[month - 1], day);
  else if (f == "t") std::snprintf(text, sizeof text, "%02d:%02d:%02d", hour, minute, second);
  else if (f == "T") std::snprintf(text, sizeof text, "%02d:%02d:%02d", (hour + 11) % 12 + 1, minute, second);
  else if (f == "@") std::snprintf(text, sizeof text, "%02d:%02d %s", (hour + 11) % 12 + 1, minute, hour < 12 ? "AM" : "PM");
  else std::snprintf(text, sizeof text, "%02d:%02d", hour, minute);
  return text;
}

}  // namespace

std::string Shell::prompt_string(const std::string& text) {
  std::string out;
  auto cwd_text = [&](bool base) {
    const std::string* pwd = expander_.value_of(sym::kPWD);
    const std::string* home = expander_.value_of(sym::kHOME);
    std::string s = pwd ? *pwd : ".";
    if (home && !home->empty() && (s == *home || s.starts_with(*home + "/"))) s = "~" + s.substr(home->size());
    if (base && s != "~" && s != "/") s = s.substr(s.rfind('/') + 1);
    // What the path holds is no part of the prompt's own syntax.
    std::string quoted;
    for (char c : s) {
      if (state_.options[Option::PromptVars] && (c == '$' || c == '`' || c == '\\' || c == '"')) quoted += '\\';
      quoted += c;
    }
    return quoted;
  };
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == '!' && state_.options[Option::Posix]) {
      out += std::to_string(history().base + history().lines.size() - (line_remembered_ ? 1 : 0));
      continue;
    }
    if (c != '\\' || i + 1 >= text.size()) {
      out += c;
      continue;
    }
    c = text[++i];
    int64_t now = process_->now().sec;
    switch (c) {
      case 'a': out += '\a'; break;
      case 'e': out += '\033'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 'd':
      case 't':
      case 'T':
      case '@':
      case 'A': out += clock_text(now, std::string(1, c).c_str()); break;
      case 'h': out += kernel().options().hostname.substr(0, kernel().options().hostname.find('.')); break;
      case 'H': out += kernel().options().hostname; break;
      case 'j': out += std::to_string(jobs_.all().size()); break;
      case 'l': out += "tty"; break;
      case 's': out += "bash"; break;
      case 'D': {
        size_t close = text.find('}', i);
        if (i + 1 >= text.size() || text[i + 1] != '{' || close == text.npos) {
          out += "\\D";
          break;
        }
        out += nacre::time_text(*this, text.substr(i + 2, close - i - 2), now);
        i = close;
        break;
      }
      case 'u': {
        const std::string* u = expander_.value_of(sym::kUSER);
        out += u ? *u : "agent";
        break;
      }
      case 'v': out += "5.2"; break;
      case 'V': out += "5.2.15"; break;
      case 'w': out += cwd_text(false); break;
      case 'W': out += cwd_text(true); break;
      case '!': out += std::to_string(history().base + history().lines.size() - (line_remembered_ ? 1 : 0)); break;
      case '#': out += std::to_string(command_number_); break;
      case '$': out += process_->credentials().uid == 0 ? "#" : "\\$"; break;
      case '\\': out += '\\'; break;
      case '[':
      case ']': break;
      case '0':
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
      case '6':
      case '7': {
        int n = 0;
        size_t k = 0;
        while (k < 3 && i < text.size() && text[i] >= '0' && text[i] <= '7') n = n * 8 + (text[i++] - '0'), k++;
        i--;
        out += static_cast<char>(n);
        break;
      }
      default: out += '\\'; out += c;
    }
  }
  if (!state_.options[Option::PromptVars]) return out;
  Arena arena;
  SyntaxError e;
  const ast::Word* word = parse_double_quoted(arena, out, parse_options(), &e);
  if (!word) return out;
  LowerOptions lo;
  std::string expanded;
  int status = state_.last_status;
  if (!expander_.string(*lower_word(arena, symbols(), *word, WordMode::Quoted, lo), &expanded)) {
    expander_.clear_failure();
    return out;
  }
  set_status(status);
  return expanded;
}

}  // namespace nacre
