/// man, apropos, whatis - pages about the commands of the sandbox.
///
/// A page is made from what a command says with --help, cut into the usual sections; builtins of
/// bash are asked for theirs (help -m).
/// Source: man-db 2.11 man(1), apropos(1), whatis(1).
/// Differs: there are no page files, so no paths, formats, locales or sections but 1; help texts
/// are in our own words.
#include <algorithm>

#include "algo/glob.h"
#include "algo/regex.h"
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/capture.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kManUsage[] =
    "Usage: man [OPTION...] [SECTION] PAGE...\n"
    "Show manual pages of commands.\n\n"
    "  -f, --whatis               one line about each PAGE, as whatis\n"
    "  -k, --apropos              pages whose names or descriptions match, as apropos\n"
    "  -s, -S, --sections=LIST    only these sections, separated by commas or colons (all pages are in 1)\n"
    "  -P, --pager=PAGER          show pages with PAGER on a terminal\n"
    "      --help                 display this help and exit\n"
    "      --version              output version information and exit\n";
constexpr char kAproposUsage[] =
    "Usage: apropos [OPTION...] KEYWORD...\n"
    "Search the names and descriptions of manual pages for regular expressions.\n\n"
    "  -a, --and                  all KEYWORDs must match\n"
    "  -e, --exact                KEYWORDs are whole words\n"
    "  -r, --regex                KEYWORDs are regular expressions (default)\n"
    "  -w, --wildcard             KEYWORDs are patterns with wildcards\n"
    "  -s, --sections=LIST        only these sections, separated by commas or colons\n"
    "      --help                 display this help and exit\n"
    "      --version              output version information and exit\n";
constexpr char kWhatisUsage[] =
    "Usage: whatis [OPTION...] NAME...\n"
    "Print one-line descriptions of manual pages.\n\n"
    "  -r, --regex                NAMEs are regular expressions\n"
    "  -w, --wildcard             NAMEs are patterns with wildcards\n"
    "  -s, --sections=LIST        only these sections, separated by commas or colons\n"
    "      --help                 display this help and exit\n"
    "      --version              output version information and exit\n";

constexpr size_t kWidth = 78;

/// A help text in parts.
struct Page {
  std::vector<std::string> synopsis, description, options;
  std::string summary;   ///< "print lines that match a pattern"
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// "-n, --number  number all lines": an option with what it does, or one that the next line explains.
bool is_option(std::string_view line) {
  std::string_view s = trimmed(line);
  return s.size() > 1 && (s[0] == '-' || s[0] == '+') && line[0] == ' ';
}

void trim_blank(std::vector<std::string>& lines) {
  auto blank = [](const std::string& s) { return trimmed(s).empty(); };
  while (!lines.empty() && blank(lines.front())) lines.erase(lines.begin());
  while (!lines.empty() && blank(lines.back())) lines.pop_back();
}

std::string first_sentence(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) {
    std::string_view s = trimmed(line);
    if (s.empty()) break;
    text += (text.empty() ? "" : " ") + std::string(s);
    if (text.find(". ") != std::string::npos || text.ends_with('.')) break;
  }
  if (size_t end = text.find(". "); end != std::string::npos) text.resize(end);
  while (!text.empty() && (text.back() == '.' || text.back() == ':')) text.pop_back();
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z')) text[0] = ascii_lower(text[0]);
  return text;
}

Page cut_page(std::string_view usage) {
  Page page;
  auto lines = lines_of(usage);
  size_t at = 0;
  while (at < lines.size() && trimmed(lines[at]).empty()) at++;
  // The synopsis: "Usage:" and the lines that go on with it.
  bool first = true;
  for (; at < lines.size(); at++) {
    std::string_view s = trimmed(lines[at]);
    if (first) {
      if (!s.starts_with("Usage:") && !s.starts_with("usage:")) break;
      s = trimmed(s.substr(6));
      first = false;
    } else {
      if (s.empty() || lines[at][0] != ' ') break;
      if (s.starts_with("or:")) s = trimmed(s.substr(3));
    }
    if (!s.empty()) page.synopsis.emplace_back(s);
  }
  size_t options = at;
  while (options < lines.size() && !is_option(lines[options])) options++;
  size_t last = options;
  for (size_t i = options; i < lines.size(); i++)
    if (is_option(lines[i])) last = i;
  if (options < lines.size()) {
    // What is indented below the last option explains it; a heading above the first belongs to it.
    while (last + 1 < lines.size() && !lines[last + 1].empty() && lines[last + 1][0] == ' ') last++;
    if (options > at && trimmed(lines[options - 1]).ends_with(':')) options--;
  }
  for (size_t i = at; i < options; i++) page.description.emplace_back(lines[i]);
  for (size_t i = options; i <= last && i < lines.size(); i++) page.options.emplace_back(lines[i]);
  trim_blank(page.description);
  page.summary = first_sentence(page.description);
  std::vector<std::string> notes;
  for (size_t i = last + 1; i < lines.size(); i++) notes.emplace_back(lines[i]);
  trim_blank(notes);
  trim_blank(page.options);
  if (page.options.size() == 1 && trimmed(page.options[0]) == "Options:") page.options.clear();
  if (!notes.empty()) {
    if (!page.description.empty()) page.description.emplace_back();
    page.description.insert(page.description.end(), notes.begin(), notes.end());
  }
  return page;
}

struct Entry {
  std::string name, summary;
};

// Programs that are no commands of this folder.
constexpr struct {
  const char *name, *summary;
} kShells[] = {{"bash", "GNU Bourne-Again SHell"}, {"sh", "command interpreter (bash in POSIX mode)"}};

// Commands whose --help, after the real ones, says nothing of what they are for.
constexpr struct {
  std::string_view name, summary;
} kSummaries[] = {{"cpio", "copy files to and from archives"},
                  {"sed", "filter and transform text with an editing script"},
                  {"uptime", "tell how long the system has been running"}};

Page page_of(const Command& c) {
  Page page = cut_page(c.usage);
  for (const auto& s : kSummaries)
    if (page.summary.empty() && std::find(c.names.begin(), c.names.end(), s.name) != c.names.end()) page.summary = s.summary;
  return page;
}

std::vector<Entry> all_entries() {
  std::vector<Entry> out;
  for (const Command& c : all_commands()) {
    std::string summary = page_of(c).summary;
    for (std::string_view name : c.names) out.push_back({std::string(name), summary});
  }
  for (const auto& shell : kShells) out.push_back({shell.name, shell.summary});
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return out;
}

const Command* find_command(std::string_view name) {
  for (const Command& c : all_commands()) {
    if (std::find(c.names.begin(), c.names.end(), name) != c.names.end()) return &c;
  }
  return nullptr;
}

std::string header(const std::string& name, const std::string& middle, const std::string& left) {
  std::string title = upper(name, false) + "(1)";
  std::string start = left.empty() ? title : left;
  size_t center = (kWidth + 1 - std::min(middle.size(), kWidth)) / 2;
  std::string line = start + std::string(center > start.size() ? center - start.size() : 1, ' ') + middle;
  return line + std::string(line.size() + title.size() < kWidth ? kWidth - line.size() - title.size() : 1, ' ') + title + "\n";
}

std::string page_text(const std::string& name, const Page& page) {
  std::string out = header(name, "User Commands", "");
  auto section = [&](const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    out += std::string("\n") + title + "\n";
    for (const auto& line : lines) out += line.empty() ? "\n" : "       " + line + "\n";
  };
  section("NAME", {name + (page.summary.empty() ? "" : " - " + page.summary)});
  section("SYNOPSIS", page.synopsis);
  section("DESCRIPTION", page.description);
  section("OPTIONS", page.options);
  return out + "\n" + header(name, "", "nacre");
}

/// A builtin's page, from bash itself; "" if it is none.
std::string builtin_page(Process& p, const std::string& name) {
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos) return "";
  return capture_command(p, "bash -c 'help -m -- " + name + "' 2>/dev/null");
}

std::string text_of(Process& p, const std::string& name) {
  if (const Command* c = find_command(name)) return page_text(name, page_of(*c));
  for (const auto& shell : kShells) {
    if (name != shell.name) continue;
    Page page;
    page.summary = shell.summary;
    page.synopsis = {name + " [options] [command_string | file]"};
    page.description = {"The language and its builtins are those of GNU bash 5.2: `help' lists the builtins,",
                        "`help NAME' and `man NAME' describe one of them."};
    return page_text(name, page);
  }
  return builtin_page(p, name);
}

bool in_section(const std::optional<std::string>& sections) {
  if (!sections) return true;
  std::string_view rest = *sections;
  while (!rest.empty()) {
    size_t end = std::min(rest.find_first_of(",:"), rest.size());
    if (rest.substr(0, end) == "1") return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

struct SearchOptions {
  bool all = false, exact = false, regex = false, wildcard = false;
  std::optional<std::string> sections;
};

/// Lines about the entries that match. Status 16 when a word matches none.
int search(Process& p, const SearchOptions& o, const std::vector<std::string>& words, bool names_only) {
  Output out(p);
  if (words.empty()) {
    out.write(names_only ? "whatis what?\n" : "apropos what?\n");
    return out.finish(1);
  }
  auto entries = all_entries();
  std::vector<std::vector<bool>> hits;
  for (const auto& word : words) {
    std::vector<bool> hit(entries.size());
    std::unique_ptr<Regex> regex;
    std::optional<Glob> glob;
    if (o.wildcard) {
      glob = Glob::compile(word, static_cast<uint32_t>(kGlobFoldCase) | (p.utf8() ? static_cast<uint32_t>(kGlobUtf8) : 0u));
    } else if (!names_only || o.regex) {
      std::string error, pattern = o.exact ? "(^|[^[:alnum:]_])" + word + "($|[^[:alnum:]_])" : word;
      regex = Regex::compile(pattern, kRegexExtended | kRegexFoldCase | (p.utf8() ? kRegexUtf8 : 0), &error);
      if (!regex) {
        p.warn("fatal: regex `%s': %s", word.c_str(), error.c_str());
        return 1;
      }
    }
    for (size_t i = 0; i < entries.size(); i++) {
      const Entry& e = entries[i];
      p.tick();
      if (glob) hit[i] = glob->match(e.name) || (!names_only && glob->match(e.summary));
      else if (regex) hit[i] = regex->matches(e.name) || (!names_only && regex->matches(e.summary));
      else hit[i] = lower(e.name, false) == lower(word, false);
    }
    hits.push_back(std::move(hit));
  }
  bool here = in_section(o.sections);
  std::vector<std::string> missing;
  bool any = false;
  for (size_t w = 0; w < words.size(); w++) {
    if (!here || std::find(hits[w].begin(), hits[w].end(), true) == hits[w].end()) missing.push_back(words[w]);
  }
  for (size_t i = 0; i < entries.size() && here; i++) {
    size_t count = 0;
    for (const auto& hit : hits) count += hit[i];
    if (count == 0 || (o.all && count < hits.size())) continue;
    out.format("%-20s - %s\n", (entries[i].name + " (1)").c_str(), entries[i].summary.c_str());
    any = true;
  }
  out.flush();
  for (const auto& word : missing) write_error(p, word + ": nothing appropriate.\n");
  if (!any && missing.empty() && here) {
    std::string joined;
    for (const auto& word : words) joined += (joined.empty() ? "" : " ") + word;
    write_error(p, joined + ": nothing appropriate.\n");
  }
  return any ? 0 : 16;
}

using S = SearchOptions;
constexpr Flag<S> kAproposFlags[] = {
    {'a', "and", &S::all}, {'e', "exact", &S::exact}, {'r', "regex", &S::regex}, {'w', "wildcard", &S::wildcard}, {'s', "sections", &S::sections}};
constexpr Flag<S> kWhatisFlags[] = {{'r', "regex", &S::regex}, {'w', "wildcard", &S::wildcard}, {'s', "sections", &S::sections}};

int apropos_main(Process& p) {
  S o;
  std::vector<std::string> words;
  if (auto status = parse(p, kAproposUsage, kAproposFlags, o, words, {.try_text = "Try 'apropos --help' or 'apropos --usage' for more information.\n"}))
    return *status;
  return search(p, o, words, false);
}

int whatis_main(Process& p) {
  S o;
  std::vector<std::string> words;
  if (auto status = parse(p, kWhatisUsage, kWhatisFlags, o, words, {.try_text = "Try 'whatis --help' or 'whatis --usage' for more information.\n"}))
    return *status;
  return search(p, o, words, true);
}

struct ManOptions {
  bool whatis = false, apropos = false;
  std::optional<std::string> sections, pager;
};
constexpr Flag<ManOptions> kManFlags[] = {{'f', "whatis", &ManOptions::whatis},
                                          {'k', "apropos", &ManOptions::apropos},
                                          {'s', "sections", &ManOptions::sections},
                                          {'S', "", &ManOptions::sections},
                                          {'P', "pager", &ManOptions::pager}};

/// Through a pager on a terminal.
void show(Process& p, const ManOptions& o, const std::string& text) {
  if (p.isatty(1)) {
    const char* env = p.getenv("MANPAGER");
    if (!env) env = p.getenv("PAGER");
    ShellPipe pipe = open_shell_pipe(p, o.pager ? *o.pager : env && *env ? env : "less", false);
    if (pipe.fd >= 0) {
      p.set_action(kSigPIPE, SignalAction::Ignore);
      (void)p.write(pipe.fd, text);
      close_shell_pipe(p, pipe);
      return;
    }
  }
  Output out(p);
  out.write(text);
  out.flush();
}

int man_main(Process& p) {
  ManOptions o;
  std::vector<std::string> words;
  if (auto status = parse(p, kManUsage, kManFlags, o, words, {.try_text = "Try 'man --help' or 'man --usage' for more information.\n"})) return *status;
  SearchOptions search_options;
  search_options.sections = o.sections;
  if (o.whatis || o.apropos) return search(p, search_options, words, o.whatis);
  std::string section;
  if (!words.empty() && words[0].size() <= 2 && ascii_digit(words[0][0])) {
    section = words[0];
    words.erase(words.begin());
  }
  if (words.empty()) {
    if (!section.empty())
      write_error(
          p, "No manual entry for " + section + "\n(Alternatively, what manual page do you want from section " + section + "?)\nFor example, try 'man man'.\n");
    else write_error(p, "What manual page do you want?\nFor example, try 'man man'.\n");
    return 1;
  }
  if (!section.empty()) o.sections = section;
  int status = 0;
  std::string all;
  for (const auto& name : words) {
    std::string text = in_section(o.sections) ? text_of(p, name) : "";
    if (text.empty()) {
      if (!all.empty()) show(p, o, std::exchange(all, ""));
      write_error(p, "No manual entry for " + name + (section.empty() ? "" : " in section " + section) + "\n");
      status = 16;
    }
    all += text;
  }
  if (!all.empty()) show(p, o, all);
  return status;
}

}  // namespace

Command man_command() { return {{"man"}, kManUsage, man_main}; }
Command apropos_command() { return {{"apropos"}, kAproposUsage, apropos_main}; }
Command whatis_command() { return {{"whatis"}, kWhatisUsage, whatis_main}; }

}  // namespace nacre
