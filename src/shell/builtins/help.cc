/// help - descriptions of builtins and keywords.
/// Source: bash manual 4.2, help. The texts are our own.
#include <algorithm>
#include <cstring>

#include "shell/builtins/help_topics.h"
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

std::string indented(std::string_view text, const char* indent) {
  std::string out;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    out += indent + std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::vector<HelpTopic> all_topics() {
  std::vector<HelpTopic> topics(keyword_topics().begin(), keyword_topics().end());
  for (const Builtin& b : all_builtins()) topics.push_back({b.name, b.synopsis, b.help});
  std::sort(topics.begin(), topics.end(), [](const HelpTopic& a, const HelpTopic& b) { return std::strcmp(a.name, b.name) < 0; });
  return topics;
}

std::string first_line(const HelpTopic& t) {
  std::string_view text = t.help;
  return std::string(text.substr(0, text.find('\n')));
}

std::string full_text(const HelpTopic& t) { return std::string(t.name) + ": " + t.synopsis + "\n" + indented(t.help, "    "); }

enum class Form : uint8_t { Full, Synopsis, Short, Manual };

std::string describe(const HelpTopic& t, Form form) {
  std::string name = t.name;
  switch (form) {
    case Form::Synopsis: return name + ": " + t.synopsis + "\n";
    case Form::Short: return name + " - " + first_line(t) + "\n";
    case Form::Manual:
      return "NAME\n    " + name + " - " + first_line(t) + "\n\nSYNOPSIS\n    " + t.synopsis + "\n\nDESCRIPTION\n" + indented(t.help, "    ") +
             "\nSEE ALSO\n    bash(1)\n\n";
    case Form::Full: break;
  }
  return full_text(t);
}

/// " synopsis", cut to `room` characters with a > where it goes on; * for a builtin that is off.
std::string cell(Shell& sh, const HelpTopic& t, size_t room) {
  std::string text = t.synopsis;
  if (text.size() + 1 >= room) text = text.substr(0, room - 2) + ">";
  return (find_builtin(t.name) && !sh.builtin(t.name) ? "*" : " ") + text;
}

/// Two columns, read downwards.
int overview(Shell& sh) {
  std::string out =
      "The commands of this shell itself. `help NAME' tells more about one, `help -s NAME' just how it is written.\n"
      "An asterisk means that the builtin is turned off.\n\n";
  const std::string* columns = sh.expander().value_of(sh.symbols().intern("COLUMNS"));
  auto total = columns ? small_number(*columns) : std::nullopt;
  size_t width = static_cast<size_t>(total && *total > 7 ? *total : 80) / 2;
  std::vector<HelpTopic> topics = all_topics();
  size_t height = (topics.size() + 1) / 2;
  for (size_t i = 0; i < height; i++) {
    std::string left = cell(sh, topics[i], width - 1);
    if (i + height < topics.size()) {
      left.append(width > left.size() ? width - left.size() : 1, ' ');
      left += cell(sh, topics[i + height], width - 2);
    }
    out += left + "\n";
  }
  return sh.out(out) ? 0 : 1;
}

/// Topics a word names: by pattern, else by their first characters.
std::vector<HelpTopic> matching(Shell& sh, const std::vector<HelpTopic>& topics, const std::string& word) {
  std::vector<HelpTopic> found;
  for (const HelpTopic& t : topics) {
    if (word == t.name || sh.expander().matches(word, t.name)) found.push_back(t);
  }
  if (!found.empty()) return found;
  for (const HelpTopic& t : topics) {
    if (std::string_view(t.name).starts_with(word)) found.push_back(t);
  }
  return found;
}

bool is_pattern(const std::string& word) { return word.find_first_of("*?[") != std::string::npos && !find_builtin(word) && word != "[["; }

int run_help(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "dms");
  Form form = Form::Full;
  while (char c = options.next()) {
    if (c == '?') return 2;
    form = c == 'd' ? Form::Short : c == 'm' ? Form::Manual : Form::Synopsis;
  }
  size_t at = options.index();
  if (at >= args.size()) return overview(sh);
  std::string out;
  if (std::any_of(args.words.begin() + static_cast<ptrdiff_t>(at), args.words.end(), is_pattern)) {
    out = args.size() - at > 1 ? "Shell commands matching keywords `" : "Shell commands matching keyword `";
    for (size_t i = at; i < args.size(); i++) out += (i > at ? ", " : "") + args[i];
    out += "'\n\n";
  }
  std::vector<HelpTopic> topics = all_topics();
  bool found = false;
  for (size_t i = at; i < args.size(); i++) {
    for (const HelpTopic& t : matching(sh, topics, args[i])) {
      found = true;
      out += describe(t, form);
    }
  }
  if (!found) {
    const std::string& last = args.words.back();
    sh.builtin_error("no help topics match `" + last + "'.  Try `help help' or `man -k " + last + "' or `info " + last + "'.");
    return 1;
  }
  return sh.out(out) ? 0 : 1;
}

}  // namespace

std::string help_text(const Builtin& b) { return full_text({b.name, b.synopsis, b.help}); }

Builtin help_builtin() {
  return {"help", run_help, 0, "help [-dms] [pattern ...]",
          "Describes the builtins and keywords whose names match a pattern, or lists all.\n"
          "  -d  one line each    -m  like a manual page    -s  the synopsis only"};
}

}  // namespace nacre
