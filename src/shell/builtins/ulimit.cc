/// ulimit - resource limits.
/// The sandbox has limits of its own; this shows them, and lets scripts lower
/// them for the process and its children. The kernel enforces -n, -f, -t and -u.
/// Source: bash manual 4.2, ulimit.
#include <array>
#include <cstdio>

#include "shell/builtins/operands.h"

namespace nacre {
namespace {

struct Resource {
  char letter;
  const char* name;
  const char* unit;
  uint64_t scale;
};
constexpr Resource kResources[] = {
    {'R', "real-time non-blocking time", "microseconds", 1},
    {'c', "core file size", "blocks", 512},
    {'d', "data seg size", "kbytes", 1024},
    {'e', "scheduling priority", "", 1},
    {'f', "file size", "blocks", 1024},
    {'i', "pending signals", "", 1},
    {'l', "max locked memory", "kbytes", 1024},
    {'m', "max memory size", "kbytes", 1024},
    {'n', "open files", "", 1},
    {'p', "pipe size", "512 bytes", 512},
    {'q', "POSIX message queues", "bytes", 1},
    {'r', "real-time priority", "", 1},
    {'s', "stack size", "kbytes", 1024},
    {'t', "cpu time", "seconds", 1},
    {'u', "max user processes", "", 1},
    {'v', "virtual memory", "kbytes", 1024},
    {'x', "file locks", "", 1},
};

const Resource* find(char letter) {
  for (const Resource& r : kResources)
    if (r.letter == letter) return &r;
  return nullptr;
}

ResourceLimit initial(Shell& sh, char letter) {
  const Limits& limits = sh.process().budget().limits();
  auto both = [](uint64_t n) { return ResourceLimit{n, n}; };
  auto bounded = [&](uint64_t n, uint64_t scale) { return both(n ? n / scale : kNoLimit); };
  switch (letter) {
    case 'c': return {0, kNoLimit};
    case 'e':
    case 'r': return both(0);
    case 'f': return bounded(limits.file_bytes, 1024);
    case 'l': return both(8192);
    case 'n': return bounded(limits.fds, 1);
    case 'p': return bounded(limits.pipe_bytes ? limits.pipe_bytes / 8 : 4096, 1024);
    case 'q': return both(819200);
    case 's': return {8192, kNoLimit};
    case 'u':
    case 'i': return bounded(limits.processes, 1);
    case 'v': return bounded(limits.memory_bytes, 1024);
    default: return both(kNoLimit);
  }
}

ResourceLimit current(Shell& sh, char letter) {
  const ResourceLimit* own = sh.process().resource_limit(letter);
  return own ? *own : initial(sh, letter);
}

std::string text(uint64_t n) { return n == kNoLimit ? "unlimited" : std::to_string(n); }

struct Request {
  bool soft = false, hard = false, all = false;
  std::string letters;
};

std::string line(Shell& sh, const Resource& r, bool hard) {
  std::string unit = *r.unit ? "(" + std::string(r.unit) + ", -" + r.letter + ") " : "(-" + std::string(1, r.letter) + ") ";
  std::string name = r.name;
  // The letter's bracket ends in column 42.
  size_t width = name.size() + unit.size() < 41 ? 41 - name.size() - unit.size() : 1;
  ResourceLimit l = current(sh, r.letter);
  return name + std::string(width, ' ') + unit + text(hard ? l.hard : l.soft) + "\n";
}

int set(Shell& sh, const Resource& r, const Request& request, const std::string& word) {
  ResourceLimit l = current(sh, r.letter);
  uint64_t value = kNoLimit;
  if (word == "hard") value = l.hard;
  else if (word == "soft") value = l.soft;
  else if (word != "unlimited") {
    auto n = whole_number(word);
    if (!n || *n < 0 || word.find_first_not_of("0123456789") != word.npos) {
      sh.builtin_error(word + ": invalid number");
      return 1;
    }
    value = static_cast<uint64_t>(*n);
  }
  bool soft = request.soft || !request.hard, hard = request.hard || !request.soft;
  if ((hard && value > l.hard) || (soft && !hard && value > l.hard)) {
    sh.builtin_error(std::string(r.name) + ": cannot modify limit: " + (hard ? "Operation not permitted" : "Invalid argument"));
    return 1;
  }
  if (hard && !soft && value < l.soft) {
    sh.builtin_error(std::string(r.name) + ": cannot modify limit: Invalid argument");
    return 1;
  }
  if (hard) l.hard = value;
  if (soft) l.soft = value;
  if (l.soft > l.hard) l.soft = l.hard;
  sh.process().set_resource_limit(r.letter, l);
  return 0;
}

int run_ulimit(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "HSacdefilmnpqrstuvxR");
  Request r;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'H') r.hard = true;
    else if (c == 'S') r.soft = true;
    else if (c == 'a') r.all = true;
    else r.letters += c;
  }
  bool hard = r.hard && !r.soft;
  std::string out;
  if (r.all) {
    for (const Resource& x : kResources) out += line(sh, x, hard);
    return sh.out(out) ? 0 : 1;
  }
  if (r.letters.empty()) r.letters = "f";
  size_t at = options.index();
  if (at < args.size()) {
    if (r.letters.size() == 1) return set(sh, *find(r.letters[0]), r, args[at]);
    too_many_arguments(sh);
    return 1;
  }
  for (char c : r.letters) {
    ResourceLimit l = current(sh, c);
    if (r.letters.size() > 1) out += line(sh, *find(c), hard);
    else out += text(hard ? l.hard : l.soft) + "\n";
  }
  return sh.out(out) ? 0 : 1;
}

}  // namespace

Builtin ulimit_builtin() {
  return {"ulimit", run_ulimit, 0, "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]",
          "Shows or lowers the limits of the shell and what it starts. LIMIT: a number, hard, soft or unlimited.\n"
          "  -S  soft    -H  hard    -a  all of them\n"
          "  -c core size    -d data    -e priority   -f file size (default)    -i signals    -l locked memory\n"
          "  -m memory    -n open files    -p pipe    -q messages    -r real-time priority    -s stack\n"
          "  -t cpu seconds    -u processes    -v virtual memory    -x locks    -R real-time microseconds"};
}

}  // namespace nacre
