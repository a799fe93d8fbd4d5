/// getconf - query limits and options of the system.
/// Source: POSIX XCU getconf; glibc 2.36 getconf(1).
/// Differs: the names are those whose values mean something here, not all of glibc's.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: getconf [-v specification] variable_name [pathname]\n"
    "       getconf -a [pathname]\n"
    "Print the value of a configuration variable, of the system or of a path.\n\n"
    "  -a                 all names with their values\n"
    "  -v SPECIFICATION   accepted: there is one programming environment\n"
    "      --help         display this help and exit\n"
    "      --version      output version information and exit\n";
constexpr char kShort[] = "Usage: getconf [-v specification] variable_name [pathname]\n       getconf -a [pathname]\n";

/// `of_path`: pathconf's. A null value is computed.
struct Variable {
  const char *name, *value;
  bool of_path;
};
constexpr Variable kVariables[] = {
    {"LINK_MAX", "2147483647", true},
    {"_POSIX_LINK_MAX", "2147483647", true},
    {"MAX_CANON", "255", true},
    {"MAX_INPUT", "255", true},
    {"NAME_MAX", "255", true},
    {"_POSIX_NAME_MAX", "255", true},
    {"PATH_MAX", "4096", true},
    {"_POSIX_PATH_MAX", "4096", true},
    {"PIPE_BUF", "4096", true},
    {"SYMLINK_MAX", "", true},
    {"FILESIZEBITS", "64", true},
    {"_POSIX_CHOWN_RESTRICTED", "1", true},
    {"_POSIX_NO_TRUNC", "1", true},
    {"_POSIX_VDISABLE", "0", true},
    {"ARG_MAX", "2097152", false},
    {"ATEXIT_MAX", "2147483647", false},
    {"CHAR_BIT", "8", false},
    {"CHAR_MAX", "127", false},
    {"CHAR_MIN", "-128", false},
    {"CHILD_MAX", nullptr, false},
    {"CLK_TCK", "100", false},
    {"GNU_LIBC_VERSION", "glibc 2.36", false},
    {"HOST_NAME_MAX", "64", false},
    {"INT_MAX", "2147483647", false},
    {"INT_MIN", "-2147483648", false},
    {"IOV_MAX", "1024", false},
    {"LINE_MAX", "2048", false},
    {"LOGIN_NAME_MAX", "256", false},
    {"LONG_BIT", "64", false},
    {"NGROUPS_MAX", "65536", false},
    {"OPEN_MAX", nullptr, false},
    {"PAGE_SIZE", "4096", false},
    {"PAGESIZE", "4096", false},
    {"PATH", "/bin:/usr/bin", false},
    {"RE_DUP_MAX", "32767", false},
    {"SCHAR_MAX", "127", false},
    {"SCHAR_MIN", "-128", false},
    {"SHRT_MAX", "32767", false},
    {"SHRT_MIN", "-32768", false},
    {"SSIZE_MAX", "32767", false},
    {"STREAM_MAX", "16", false},
    {"SYMLOOP_MAX", "", false},
    {"TTY_NAME_MAX", "32", false},
    {"TZNAME_MAX", "", false},
    {"UCHAR_MAX", "255", false},
    {"UINT_MAX", "4294967295", false},
    {"UIO_MAXIOV", "1024", false},
    {"ULONG_MAX", "18446744073709551615", false},
    {"USHRT_MAX", "65535", false},
    {"WORD_BIT", "32", false},
    {"_AVPHYS_PAGES", nullptr, false},
    {"_NPROCESSORS_CONF", nullptr, false},
    {"_NPROCESSORS_ONLN", nullptr, false},
    {"_PHYS_PAGES", nullptr, false},
    {"_POSIX_ARG_MAX", "2097152", false},
    {"_POSIX_CHILD_MAX", nullptr, false},
    {"_POSIX_JOB_CONTROL", "1", false},
    {"_POSIX_OPEN_MAX", nullptr, false},
    {"_POSIX_SAVED_IDS", "1", false},
    {"_POSIX_VERSION", "200809", false},
    {"POSIX2_VERSION", "200809", false},
    {"_XOPEN_VERSION", "700", false},
    {"BC_BASE_MAX", "99", false},
    {"BC_DIM_MAX", "2048", false},
    {"BC_SCALE_MAX", "99", false},
    {"BC_STRING_MAX", "1000", false},
    {"COLL_WEIGHTS_MAX", "255", false},
    {"EXPR_NEST_MAX", "32", false},
    {"CHARCLASS_NAME_MAX", "2048", false},
};

uint64_t memory_pages(Process& p, std::string_view name) {
  auto text = read_file(p, "/proc/meminfo");
  size_t at = text ? text->find(name) : std::string::npos;
  if (at == std::string::npos) return 0;
  at = text->find_first_of("0123456789", at);
  uint64_t kb = 0;
  for (; at < text->size() && (*text)[at] >= '0' && (*text)[at] <= '9'; at++) kb = kb * 10 + static_cast<uint64_t>((*text)[at] - '0');
  return kb / 4;
}

std::string value_of(Process& p, const Variable& v) {
  if (v.value) return *v.value ? v.value : "undefined";
  std::string_view name = v.name;
  if (name == "_PHYS_PAGES") return std::to_string(memory_pages(p, "MemTotal"));
  if (name == "_AVPHYS_PAGES") return std::to_string(memory_pages(p, "MemFree"));
  if (name.ends_with("OPEN_MAX")) return p.fd_limit() ? std::to_string(p.fd_limit()) : "undefined";
  if (name.ends_with("CHILD_MAX")) {
    uint32_t processes = p.budget().limits().processes;
    return processes ? std::to_string(processes) : "undefined";
  }
  // As /proc/cpuinfo counts them.
  auto text = read_file(p, "/proc/cpuinfo");
  size_t cpus = 0;
  for (size_t at = 0; text && (at = text->find("processor\t", at)) != std::string::npos; at++) cpus++;
  return std::to_string(std::max<size_t>(cpus, 1));
}

int usage_error(Process& p) {
  write_error(p, kShort);
  return 2;
}

int getconf_main(Process& p) {
  std::vector<std::string> words(p.argv().begin() + 1, p.argv().end());
  Output out(p);
  if (!words.empty() && words[0] == "--help") {
    out.write(kUsage);
    return out.finish(0);
  }
  if (!words.empty() && words[0] == "--version") return print_version(p);
  if (!words.empty() && words[0] == "-a") {
    if (words.size() > 2) return usage_error(p);
    for (const Variable& v : kVariables) {
      std::string text = value_of(p, v);
      out.format("%-35s%s\n", v.name, text == "undefined" ? "" : text.c_str());
    }
    return out.finish(0);
  }
  if (!words.empty() && words[0].starts_with("-v"))
    words.erase(words.begin(), words.begin() + std::min<long>(words[0].size() > 2 ? 1 : 2, static_cast<long>(words.size())));
  if (words.empty() || words.size() > 2) return usage_error(p);
  bool known = false;
  for (const Variable& v : kVariables) {
    if (words[0] != v.name) continue;
    known = true;
    if (v.of_path != (words.size() == 2)) continue;
    if (v.of_path) {
      auto st = p.stat(words[1]);
      if (!st) {
        p.warn(st.error(), "pathconf: %s", words[1].c_str());
        return 3;
      }
    }
    out.line(value_of(p, v));
    return out.finish(0);
  }
  if (known) return usage_error(p);
  p.warn("Unrecognized variable `%s'", words[0].c_str());
  return 2;
}

}  // namespace

Command getconf_command() { return {{"getconf"}, kUsage, getconf_main}; }

}  // namespace nacre
