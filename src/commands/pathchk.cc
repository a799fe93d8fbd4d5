/// pathchk - check file names for validity and portability.
/// Source: GNU coreutils 9.1 manual, "pathchk invocation"; POSIX XCU pathchk.
/// Differs: none known.
#include "base/utf8.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: pathchk [OPTION]... NAME...\n"
    "Diagnose invalid or unportable file names.\n\n"
    "  -p                  check for most POSIX systems\n"
    "  -P                  check for empty names and leading \"-\"\n"
    "      --portability   check for all POSIX systems (equivalent to -p -P)\n"
    "      --help          display this help and exit\n      --version       output version information and exit\n";

struct Options {
  bool basic = false, extra = false;
};
using O = Options;
constexpr Flag<O> kFlags[] = {{'p', "", &O::basic}, {'P', "", &O::extra}, {0, "portability", +[](O& o) { o.basic = o.extra = true; }}};

constexpr std::string_view kPortable = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";

std::vector<std::string> components(const std::string& path) {
  std::vector<std::string> out;
  for (size_t at = 0; at < path.size();) {
    size_t end = std::min(path.find('/', at), path.size());
    if (end > at) out.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool check(Process& p, const O& o, const std::string& path) {
  auto say = [&](const std::string& text) {
    p.warn("%s", text.c_str());
    return false;
  };
  std::vector<std::string> parts = components(path);
  if (o.extra)
    for (const auto& part : parts)
      if (part[0] == '-') return say("leading '-' in a component of file name " + quote_file(p, path));
  if ((o.basic || o.extra) && path.empty()) return say("empty file name");
  if (o.basic) {
    size_t bad = path.find_first_not_of(kPortable);
    if (bad != std::string::npos)
      return say("nonportable character " + quote(p, path.substr(bad, p.utf8() ? utf8::decode(std::string_view(path).substr(bad)).length : 1)) +
                 " in file name " + quote_file(p, path));
  } else {
    auto st = p.lstat(path);
    if (st) return true;
    if (st.error() != Errno::NOENT || path.empty()) {
      p.warn(st.error(), "%s", quote_name(p, path).c_str());
      return false;
    }
  }
  size_t most = o.basic ? 255 : 4095, longest = o.basic ? 14 : 255;
  if (path.size() > most)
    return say("limit " + std::to_string(most) + " exceeded by length " + std::to_string(path.size()) + " of file name " + quote_file(p, path));
  for (const auto& part : parts)
    if (part.size() > longest)
      return say("limit " + std::to_string(longest) + " exceeded by length " + std::to_string(part.size()) + " of file name component " + quote(p, part));
  return true;
}

int pathchk_main(Process& p) {
  O o;
  std::vector<std::string> names;
  if (auto status = parse(p, kUsage, kFlags, o, names)) return *status;
  if (names.empty()) return missing_operand(p);
  int status = 0;
  for (const auto& n : names)
    if (!check(p, o, n)) status = 1;
  return status;
}

}  // namespace

Command pathchk_command() { return {{"pathchk"}, kUsage, pathchk_main}; }

}  // namespace nacre
