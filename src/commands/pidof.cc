/// pidof - print the ids of the processes of a program.
/// Source: sysvinit 3.06 pidof(8), checked against the tool.
/// Differs: all processes share their root directory, so -c leaves none out; usage text is in our
/// own words.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/process_list.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: pidof [OPTION]... PROGRAM...\n"
    "Print the ids of the processes that run a PROGRAM, the newest first.\n\n"
    " -c        only those with the same root directory\n"
    " -d SEP    print SEP between ids, not a blank\n"
    " -h        display this help and exit\n"
    " -n        do not look at files of network shares\n"
    " -o PID    leave PID out; several are separated by commas; %PPID is the one that runs pidof\n"
    " -q        print nothing, only tell by the exit status\n"
    " -s        print one id at most\n"
    " -x        shells that run a script of that name, too\n"
    " -z        those that ended and were not asked for, too\n";

struct Options {
  char separator = ' ';
  bool help = false, quiet = false, single = false, scripts = false, zombies = false;
  std::vector<int64_t> omit;
};

void add_omitted(Process& p, Options& o, std::string_view list) {
  while (!list.empty()) {
    size_t end = std::min(list.find(','), list.size());
    std::string_view word = list.substr(0, end);
    if (word == "%PPID") o.omit.push_back(p.ppid());
    else if (auto n = parse_int(word)) o.omit.push_back(*n);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

constexpr Flag<Options> kFlags[] = {{'c', "", +[](Options&) {}},
                                    {'d', "", +[](Options& o, std::string_view v) { o.separator = v.empty() ? '\0' : v[0]; }},
                                    {'h', "", &Options::help},
                                    {'n', "", +[](Options&) {}},
                                    {'o', "",
                                     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
                                       add_omitted(p, o, v);
                                       return std::nullopt;
                                     }},
                                    {'q', "", &Options::quiet},
                                    {'s', "", &Options::single},
                                    {'x', "", &Options::scripts},
                                    {'z', "", &Options::zombies}};

bool runs(Process& p, const ProcessInfo& i, const std::string& program, bool scripts) {
  if (i.args.empty()) return false;
  const std::string_view name = base_name(program);
  if (program.starts_with('/')) {
    auto exe = p.realpath("/proc/" + std::to_string(i.pid) + "/exe"), asked = p.realpath(program);
    if (exe && asked && *exe == *asked) return true;
  } else if (program.find('/') == std::string::npos && base_name(i.args[0]) == name) {
    return true;
  }
  // A script: its interpreter's first operand.
  return scripts && i.args.size() > 1 && base_name(i.args[1]) == name;
}

int pidof_main(Process& p) {
  Options o;
  std::vector<std::string> programs;
  if (auto status = parse(p, kUsage, kFlags, o, programs, {.short_help = true})) return *status;
  Output out(p);
  if (o.help) {
    out.write(kUsage);
    return out.finish(0);
  }
  auto all = list_processes(p);
  std::reverse(all.begin(), all.end());
  bool any = false;
  for (const auto& program : programs) {
    for (const auto& i : all) {
      if (i.pid == p.pid() || (i.state == 'Z' && !o.zombies)) continue;
      if (std::find(o.omit.begin(), o.omit.end(), i.pid) != o.omit.end() || !runs(p, i, program, o.scripts)) continue;
      if (!o.quiet) out.write((any ? std::string(1, o.separator) : "") + std::to_string(i.pid));
      any = true;
      if (o.single) break;
    }
  }
  if (any && !o.quiet) out.put('\n');
  return out.finish(any ? 0 : 1);
}

}  // namespace

Command pidof_command() { return {{"pidof"}, kUsage, pidof_main}; }

}  // namespace nacre
