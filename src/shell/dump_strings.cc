#include "shell/dump_strings.h"

#include <vector>

namespace nacre {
namespace {

/// A text of several lines is written a line at a time below an empty first one.
std::string po_text(std::string_view text) {
  std::string out = text.find('\n') == text.npos ? "\"" : "\"\"\n\"";
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == '"' || c == '\\') out += '\\';
    if (c != '\n') out += c;
    else out += i + 1 < text.size() ? "\\n\"\n\"" : "\\n";
  }
  return out + "\"";
}

}  // namespace

bool dump_strings(std::string_view text, ParseOptions options, const std::string& name, bool po, std::string* out, SyntaxError* error) {
  std::vector<LocaleString> found;
  options.locale_strings = &found;
  Parser parser(text, options);
  bool ok = true;
  while (true) {
    ParseResult r = parser.next();
    if (r.status == ParseResult::Status::End) break;
    if (r.status == ParseResult::Status::Command) continue;
    *error = std::move(r.error);
    ok = false;
    break;
  }
  for (const LocaleString& s : found) {
    if (po) *out += "#: " + name + ":" + std::to_string(s.line) + "\nmsgid " + po_text(s.text) + "\nmsgstr \"\"\n";
    else *out += "\"" + s.text + "\"\n";
  }
  return ok;
}

}  // namespace nacre
