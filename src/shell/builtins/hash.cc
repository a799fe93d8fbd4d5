/// hash - where commands were found.
/// Source: bash manual 4.1, hash.
#include <algorithm>
#include <cstdio>

#include "algo/quote.h"
#include "shell/builtins/operands.h"
#include "shell/builtins/variable_text.h"

namespace nacre {
namespace {

struct Request {
  bool remove = false, list = false, clear = false, tell = false;
  std::optional<std::string> path;
};

using Entry = std::pair<std::string, std::pair<std::string, int>>;

/// bash lists its table by bucket: FNV-1 over 64 of them.
std::vector<Entry> in_bash_order(const std::unordered_map<std::string, std::pair<std::string, int>>& table) {
  auto bucket = [](const std::string& name) { return bash_hash(name) & 63; };
  std::vector<Entry> out(table.begin(), table.end());
  std::sort(out.begin(), out.end(), [&](const Entry& a, const Entry& b) { return std::pair(bucket(a.first), a.first) < std::pair(bucket(b.first), b.first); });
  return out;
}

/// A file name as it can be typed again.
std::string reusable_name(Shell& sh, const std::string& name) { return set_value(sh, name); }

int list_all(Shell& sh, bool reusable) {
  const auto& table = *sh.state().hashed;
  if (table.empty()) {
    if (!reusable && !sh.options()[Option::Posix]) return sh.out("hash: hash table empty\n") ? 0 : 1;
    return 0;
  }
  std::string out = reusable ? "" : "hits\tcommand\n";
  for (const auto& [name, entry] : in_bash_order(table)) {
    char hits[16];
    std::snprintf(hits, sizeof hits, "%4d\t", entry.second);
    if (reusable) out += "builtin hash -p " + reusable_name(sh, entry.first) + " " + reusable_name(sh, name) + "\n";
    else out += hits + entry.first + "\n";
  }
  return sh.out(out) ? 0 : 1;
}

/// hash -t NAME...
int tell(Shell& sh, const Request& r, const Args& args, size_t at) {
  int status = 0;
  bool several = args.size() - at > 1;
  for (size_t i = at; i < args.size(); i++) {
    auto it = sh.state().hashed->find(args[i]);
    if (it == sh.state().hashed->end()) {
      sh.builtin_error(args[i] + ": not found");
      status = 1;
      continue;
    }
    std::string path = it->second.first;
    sh.state().hashed.write()[args[i]].second++;
    if (r.list) (void)sh.out("builtin hash -p " + path + " " + args[i] + "\n");
    else (void)sh.out((several ? args[i] + "\t" : "") + path + "\n");
  }
  return status;
}

int add(Shell& sh, const std::string& name) {
  if (name.find('/') != name.npos || sh.function(name) || sh.builtin(name)) return 0;
  sh.state().hashed.write().erase(name);
  bool not_executable = false;
  std::string path = sh.find_command(name, &not_executable);
  if (path.empty() || not_executable) {
    sh.builtin_error(name + ": not found");
    return 1;
  }
  sh.state().hashed.write()[name] = {path, 0};
  return 0;
}

int run_hash(Shell& sh, Args& args) {
  if (!sh.options()[Option::HashAll]) {
    sh.builtin_error("hashing disabled");
    return 1;
  }
  BuiltinOptions options(sh, args, "dlp:rt");
  Request r;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'd') r.remove = true;
    if (c == 'l') r.list = true;
    if (c == 'p') r.path = options.value();
    if (c == 'r') r.clear = true;
    if (c == 't') r.tell = true;
  }
  size_t at = options.index();
  if (at >= args.size() && (r.remove || r.tell)) {
    sh.builtin_error(std::string(r.remove ? "-d" : "-t") + ": option requires an argument");
    return 1;
  }
  if (r.path && sh.state().restricted && r.path->find('/') != std::string::npos) {
    sh.builtin_error(*r.path + ": restricted");
    return 1;
  }
  if (r.clear) sh.state().hashed.write().clear();
  if (at >= args.size()) return r.clear ? 0 : list_all(sh, r.list);
  if (r.tell) return tell(sh, r, args, at);
  int status = 0;
  for (size_t i = at; i < args.size(); i++) {
    if (args[i].find('/') != std::string::npos) continue;   // what names a file is never looked for
    if (r.path) {
      if (sh.is_directory(*r.path, true)) {
        sh.builtin_error(*r.path + ": Is a directory");
        status = 1;
      } else {
        sh.state().hashed.write()[args[i]] = {*r.path, 0};
      }
    } else if (r.remove) {
      if (sh.state().hashed->empty() || sh.state().hashed.write().erase(args[i])) continue;
      sh.builtin_error(args[i] + ": not found");
      status = 1;
    } else if (add(sh, args[i])) {
      status = 1;
    }
  }
  return status;
}

}  // namespace

Builtin hash_builtin() {
  return {"hash", run_hash, 0, "hash [-lr] [-p pathname] [-dt] [name ...]",
          "Remembers where commands are; without arguments, lists what is remembered.\n"
          "  -d  forget the names    -r  forget all    -t  print where the names are\n"
          "  -l  print in reusable form    -p PATHNAME  take this path for the names"};
}

}  // namespace nacre
