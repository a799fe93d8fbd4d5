#include "commands/sed/debug.h"

#include <cstdio>
#include <cstring>

namespace nacre {
namespace {

void append_regex(std::string& out, bool present, const std::string& text) {
  out += '/';
  std::string shown;
  if (present) append_sed_shown(shown, text);
  for (char c : shown) {
    if (c == '/') out += '\\';
    out += c;
  }
  out += '/';
}

void append_address(std::string& out, const SedAddress& a) {
  auto n = [](uint64_t number) { return std::to_string(number); };
  switch (a.kind) {
    case SedAddress::None: break;
    case SedAddress::Line: out += n(a.n); break;
    case SedAddress::Zero: out += '0'; break;
    case SedAddress::Last: out += '$'; break;
    case SedAddress::Step: out += a.step == 0 ? n(a.n) : n(a.n) + "~" + n(a.step); break;
    case SedAddress::Plus:
    case SedAddress::Multiple: out += a.n == 0 ? "[ADDR-NULL]" : (a.kind == SedAddress::Plus ? "+" : "~") + n(a.n); break;
    case SedAddress::Pattern:
      append_regex(out, a.regex != nullptr, a.pattern);
      if (a.flags & kRegexFoldCase) out += 'I';
      if (a.flags & kRegexLineAnchors) out += 'M';
      break;
  }
}

// GNU's sed cuts a replacement into pieces at each escape and reference, and shows \U and its like where a piece
// is of another kind than the one before: an empty one, too, and \E behind what \u or \l was for.
void append_replacement(std::string& out, const SedReplacement& r) {
  using R = SedReplacement;
  struct Kind {
    R::Case mode = R::Keep, first = R::Keep;
    bool operator==(const Kind&) const = default;
  };
  Kind shown, now, later;
  bool open = false;   // the text shown last may go on
  auto piece = [&] {
    if (!open && now != shown) {
      out += '\\';
      if (now.first != R::Keep) out += now.first == R::UpperNext ? 'u' : 'l';
      else out += now.mode == R::Upper ? 'U' : now.mode == R::Lower ? 'L' : 'E';
      shown = now;
    }
  };
  auto close = [&] {
    piece();
    open = false;
    now = later;
  };
  for (const auto& part : r.parts) {
    if (part.change == R::UpperNext || part.change == R::LowerNext) {
      close();
      later = now;
      now.first = part.change;
    } else if (part.change != R::Keep) {
      close();
      now = later = {part.change == R::End ? R::Keep : part.change, R::Keep};
    } else if (part.group >= 0) {
      piece();
      out += part.group == 0 ? "&" : "\\" + std::to_string(part.group);
      open = true;
      close();
    } else {
      if (open) close();   // behind an escaped character
      piece();
      out += part.text;
      open = true;
    }
  }
}

void append_substitution(std::string& out, const SedCommand& c) {
  append_regex(out, c.regex != nullptr, c.pattern);
  append_replacement(out, c.replacement);
  out += '/';
  if (c.flags & kRegexFoldCase) out += 'i';
  if (c.flags & kRegexLineAnchors) out += 'm';
  if (c.global) out += 'g';
  if (c.evaluate) out += 'e';
  if (c.print) out += 'p';
  if (c.occurrence_given) out += std::to_string(c.occurrence);
  if (c.file >= 0) out += "w" + c.text;
}

}  // namespace

void append_sed_shown(std::string& out, std::string_view text) {
  constexpr std::string_view from = "\\\a\f\n\r\t\v", to = "\\afnrtv";
  for (char c : text) {
    if (size_t k = from.find(c); k != std::string_view::npos) {
      out += '\\';
      out += to[k];
    } else if (c >= ' ' && c < 0x7f) {
      out += c;
    } else {
      char number[16];   // a byte above 127 is a negative number to it
      std::snprintf(number, sizeof number, "\\o%03o", static_cast<unsigned>(static_cast<signed char>(c)));
      out += number;
    }
  }
}

std::string sed_shown(const SedCommand& c) {
  std::string out;
  append_address(out, c.first);
  if (c.second.kind != SedAddress::None) {
    out += ',';
    append_address(out, c.second);
  }
  if (c.negate) out += '!';
  if (c.first.kind != SedAddress::None || c.negate) out += ' ';
  out += c.name;
  switch (c.name) {
    case 'a':
    case 'i':
    case 'c': out += "\\" + c.text; break;
    case ':':
    case 'w':
    case 'W': out += c.text; break;
    case 'b':
    case 't':
    case 'T':
      if (!c.text.empty()) out += " " + c.text;
      break;
    case 'e':
    case 'r':
    case 'R': out += " " + c.text + (c.name == 'e' && !c.text.empty() ? std::string(1, c.executed ? '\0' : '\n') : ""); break;
    case 'l':
    case 'L':
    case 'q':
    case 'Q':
      if (c.number >= 0) out += " " + std::to_string(c.number);
      break;
    case 's': append_substitution(out, c); break;
    case 'y':
      out += '/';
      for (const auto& m : c.map) out += m.first;
      out += '/';
      for (const auto& m : c.map) out += m.second;
      out += '/';
      break;
    default: break;
  }
  return out;
}

std::string sed_shown_program(const SedScript& s) {
  std::string out = "SED PROGRAM:\n";
  size_t level = 1;
  for (const auto& c : s.commands) {
    if (c.name == '}' && level > 0) level--;
    out.append(2 * level, ' ');
    out += sed_shown(c) + "\n";
    if (c.name == '{') level++;
  }
  return out;
}

}  // namespace nacre
