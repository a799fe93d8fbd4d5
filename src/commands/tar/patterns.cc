#include "commands/tar/patterns.h"

#include <cctype>

namespace nacre {

ExcludePattern::ExcludePattern(std::string_view pattern, PatternFlags flags, bool utf8)
    : flags_(flags),
      glob_(Glob::compile(flags.wildcards ? std::string(pattern) : glob_quote(pattern),
                          (flags.fold_case ? kGlobFoldCase : 0u) | (flags.match_slash ? 0u : kGlobPathname) | (utf8 ? kGlobUtf8 : 0u))) {}

// The whole name, or with recursion the name of a directory above it.
bool ExcludePattern::match_here(std::string_view name) const {
  if (glob_.match(name)) return true;
  if (!flags_.recursion) return false;
  for (size_t slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1)) {
    if (glob_.match(name.substr(0, slash))) return true;
  }
  return false;
}

bool ExcludePattern::match(std::string_view name) const {
  while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
  if (match_here(name)) return true;
  if (flags_.anchored) return false;
  for (size_t slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1)) {
    if (slash + 1 < name.size() && name[slash + 1] != '/' && match_here(name.substr(slash + 1))) return true;
  }
  return false;
}

bool TarTransform::add(std::string_view expression, std::string* error) {
  while (!expression.empty()) {
    if (expression.starts_with(';')) {
      expression.remove_prefix(1);
      continue;
    }
    if (!add_one(expression, error)) return false;
  }
  return true;
}

bool TarTransform::add_one(std::string_view& rest, std::string* error) {
  auto fail = [&](const char* why) {
    *error = why;
    return false;
  };
  auto set_flag = [&](char c, bool& names, bool& hard, bool& sym) {
    switch (c) {
      case 'r': names = true; break;
      case 'R': names = false; break;
      case 'h': hard = true; break;
      case 'H': hard = false; break;
      case 's': sym = true; break;
      case 'S': sym = false; break;
      default: return false;
    }
    return true;
  };
  if (rest.starts_with("flags=")) {
    rest.remove_prefix(6);
    for (; !rest.empty() && rest[0] != ';'; rest.remove_prefix(1)) {
      if (!set_flag(rest[0], names_, hard_links_, symlinks_)) return fail("Unknown transform flag");
    }
    return true;
  }
  if (rest.size() < 2 || rest[0] != 's') return fail("Invalid transform expression");
  char delimiter = rest[1];
  size_t ends[2], at = 2;
  for (size_t& end : ends) {
    for (end = at; end < rest.size() && rest[end] != delimiter; end++)
      if (rest[end] == '\\') end++;
    if (end >= rest.size()) return fail("Invalid transform expression");
    at = end + 1;
  }
  Rule rule;
  rule.of_names = names_;
  rule.of_hard_links = hard_links_;
  rule.of_symlinks = symlinks_;
  uint32_t flags = kRegexUtf8;
  size_t i = ends[1] + 1;
  for (; i < rest.size() && rest[i] != ';'; i++) {
    char c = rest[i];
    if (c == 'g') rule.global = true;
    else if (c == 'i') flags |= kRegexFoldCase;
    else if (c == 'x') flags |= kRegexExtended;
    else if (c >= '0' && c <= '9') rule.number = std::min<size_t>(rule.number * 10 + static_cast<size_t>(c - '0'), 1'000'000);
    else if (!set_flag(c, rule.of_names, rule.of_hard_links, rule.of_symlinks)) return fail("Unknown flag in transform expression");
  }
  std::string pattern;
  for (std::string_view p = rest.substr(2, ends[0] - 2); !p.empty(); p.remove_prefix(1)) {
    if (p[0] == '\\' && p.size() > 1 && p[1] == delimiter) p.remove_prefix(1);
    else if (p[0] == '\\' && p.size() > 1) {
      pattern += p[0];
      p.remove_prefix(1);
    }
    pattern += p[0];
  }
  std::string why;
  rule.regex = Regex::compile(pattern, flags, &why);
  if (!rule.regex) {
    *error = "Invalid transform expression: " + why;
    return false;
  }
  rule.parts = parse_replacement(rest.substr(ends[0] + 1, ends[1] - ends[0] - 1), delimiter);
  for (const auto& part : rule.parts) {
    if (part.kind == Part::Group && part.group > static_cast<size_t>(rule.regex->groups()))
      return fail("Invalid transform replacement: back reference out of range");
  }
  rules_.push_back(std::move(rule));
  rest.remove_prefix(i);
  return true;
}

std::vector<TarTransform::Part> TarTransform::parse_replacement(std::string_view text, char delimiter) {
  std::vector<Part> parts;
  auto literal = [&](char c) {
    if (parts.empty() || parts.back().kind != Part::Text) parts.push_back({Part::Text, "", 0, 0});
    parts.back().text += c;
  };
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == '&') parts.push_back({Part::Group, "", 0, 0});
    if (c != '\\' || i + 1 == text.size()) {
      if (c != '&') literal(c);
      continue;
    }
    c = text[++i];
    if (c >= '0' && c <= '9') parts.push_back({Part::Group, "", static_cast<size_t>(c - '0'), 0});
    else if (std::string_view("LUluE").find(c) != std::string_view::npos) parts.push_back({Part::Case, "", 0, c});
    else if (c == 'n') literal('\n');
    else if (c == 't') literal('\t');
    else if (c == delimiter || c == '&' || c == '\\') literal(c);
    else {
      literal('\\');
      literal(c);
    }
  }
  return parts;
}

void TarTransform::replace(const Rule& rule, std::string_view text, std::string& out) {
  std::vector<RegexSpan> spans(static_cast<size_t>(rule.regex->groups()) + 1);
  size_t at = 0, count = 0;
  while (at <= text.size() && rule.regex->match(text, at, spans)) {
    count++;
    RegexSpan hit = spans[0];
    out.append(text, at, hit.begin - at);
    if (count < std::max<size_t>(rule.number, 1)) {
      out.append(text, hit.begin, hit.size());
    } else {
      char mode = 0, once = 0;
      auto add = [&](std::string_view s) {
        for (char c : s) {
          char m = once ? once : mode;
          once = 0;
          unsigned char u = static_cast<unsigned char>(c);
          out += m == 'U' || m == 'u' ? static_cast<char>(std::toupper(u)) : m == 'L' || m == 'l' ? static_cast<char>(std::tolower(u)) : c;
        }
      };
      for (const auto& part : rule.parts) {
        if (part.kind == Part::Text) add(part.text);
        else if (part.kind == Part::Group) {
          if (spans[part.group].matched()) add(text.substr(spans[part.group].begin, spans[part.group].size()));
        } else if (part.mode == 'E') mode = once = 0;
        else (part.mode == 'l' || part.mode == 'u' ? once : mode) = part.mode;
      }
      if (!rule.global) {
        out.append(text.substr(hit.end));
        return;
      }
    }
    if (hit.size() == 0) {
      if (hit.end < text.size()) out += text[hit.end];
      at = hit.end + 1;
    } else {
      at = hit.end;
    }
  }
  if (at < text.size()) out.append(text.substr(at));
}

std::string TarTransform::apply(const std::string& name, Of of) const {
  std::string text = name;
  for (const auto& rule : rules_) {
    if (!(of == Of::Name ? rule.of_names : of == Of::HardLink ? rule.of_hard_links : rule.of_symlinks)) continue;
    std::string out;
    replace(rule, text, out);
    text = out;
  }
  return text;
}

}  // namespace nacre
