/// paste - merge lines of files.
/// Source: GNU coreutils 9 manual, "paste invocation"; POSIX XCU paste.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: paste [OPTION]... [FILE]...\n"
    "Write lines consisting of the sequentially corresponding lines from each FILE, separated by TABs.\n\n"
    "  -d, --delimiters=LIST   reuse characters from LIST instead of TABs\n"
    "  -s, --serial            paste one file at a time instead of in parallel\n"
    "  -z, --zero-terminated   line delimiter is NUL, not newline\n"
    "      --help              display this help and exit\n"
    "      --version           output version information and exit\n";

struct Options {
  std::string delimiters = "\t";
  bool serial = false, zero = false;
};
constexpr Flag<Options> kFlags[] = {{'d', "delimiters", &Options::delimiters}, {'s', "serial", &Options::serial}, {'z', "zero-terminated", &Options::zero}};

/// The LIST: an element is a byte or nothing (\0).
std::optional<std::vector<std::string>> parse_list(const std::string& s) {
  std::vector<std::string> out;
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] != '\\') {
      out.emplace_back(1, s[i]);
      continue;
    }
    if (++i == s.size()) return std::nullopt;
    constexpr std::string_view from = "bfnrtv\\", to = "\b\f\n\r\t\v\\";
    size_t k = from.find(s[i]);
    if (s[i] == '0') out.emplace_back();
    else out.emplace_back(1, k == std::string_view::npos ? s[i] : to[k]);
  }
  if (out.empty()) out.emplace_back();
  return out;
}

int paste_parallel(Process& p, const std::vector<std::string>& files, const std::vector<std::string>& list, char end) {
  std::vector<std::shared_ptr<Input>> inputs;
  std::shared_ptr<Input> standard;
  for (const auto& f : files) {
    if (f == "-" && standard) {
      inputs.push_back(standard);
      continue;
    }
    std::shared_ptr<Input> in = open_input(p, f);
    if (!in) return 1;
    if (f == "-") standard = in;
    inputs.push_back(in);
  }
  Output out(p);
  size_t open = inputs.size();
  std::vector<bool> ended(inputs.size(), false);
  int status = 0;
  std::string line;
  while (open > 0) {
    line.clear();
    bool any = false;
    for (size_t i = 0, k = 0; i < inputs.size(); i++, k = k + 1 == list.size() ? 0 : k + 1) {
      std::string_view part;
      if (!ended[i]) {
        if (inputs[i]->next_line(part, end)) {
          any = true;
        } else {
          ended[i] = true;
          open--;
          if (report_read_error(p, *inputs[i])) status = 1;
        }
      }
      line += part;
      if (i + 1 < inputs.size()) line += list[k];
    }
    if (!any) break;
    out.line(line, end);
  }
  return out.finish(status);
}

int paste_serial(Process& p, const std::vector<std::string>& files, const std::vector<std::string>& list, char end) {
  Output out(p);
  int status = for_each_input(p, files, [&](Input& in) {
    std::string_view line;
    for (size_t n = 0; in.next_line(line, end); n++) {
      if (n) out.write(list[(n - 1) % list.size()]);
      out.write(line);
    }
    out.put(end);
    return true;
  });
  return out.finish(status);
}

int paste_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  auto list = parse_list(o.delimiters);
  if (!list) {
    p.warn("delimiter list ends with an unescaped backslash: %s", o.delimiters.c_str());
    return 1;
  }
  if (files.empty()) files = {"-"};
  char end = o.zero ? '\0' : '\n';
  return o.serial ? paste_serial(p, files, *list, end) : paste_parallel(p, files, *list, end);
}

}  // namespace

Command paste_command() { return {{"paste"}, kUsage, paste_main}; }

}  // namespace nacre
