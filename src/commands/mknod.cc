/// mknod - make named pipes and device files.
/// Source: GNU coreutils 9.1 manual, "mknod invocation".
/// Differs: there are no security contexts, so -Z changes nothing, as where the kernel has none.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/mode.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: mknod [OPTION]... NAME TYPE [MAJOR MINOR]\n"
    "Create the special file NAME of the given TYPE.\n\n"
    "  -m, --mode=MODE    set file permission bits to MODE, not a=rw - umask\n"
    "  -Z                 set the security context to the default one\n"
    "      --context[=C]  like -Z, or to C\n"
    "      --help         display this help and exit\n"
    "      --version      output version information and exit\n\n"
    "TYPE is b (a block device), c or u (a character device), or p (a named pipe). Devices need MAJOR\n"
    "and MINOR, decimal, hexadecimal after 0x, octal after 0; a named pipe has none.\n";

struct Options {
  std::optional<std::string> mode;
};
constexpr Flag<Options> kFlags[] = {
    {'m', "mode", &Options::mode},
    {'Z', "", +[](Options&) {}},
    {0, "context",
     +[](Process& p, Options&, std::optional<std::string_view> v) -> std::optional<int> {
       if (v) p.warn("warning: ignoring --context; it requires an SELinux/SMACK-enabled kernel");
       return std::nullopt;
     }},
};

/// As strtoumax with base 0 reads it.
std::optional<uint32_t> device_number(std::string_view s) {
  unsigned base = s.starts_with("0x") || s.starts_with("0X") ? 16 : s.starts_with("0") ? 8 : 10;
  if (base == 16) s.remove_prefix(2);
  uint64_t n = 0;
  for (char c : s) {
    unsigned digit = c >= '0' && c <= '9'                 ? static_cast<unsigned>(c - '0')
                     : (c | 32) >= 'a' && (c | 32) <= 'f' ? static_cast<unsigned>((c | 32) - 'a' + 10)
                                                          : 99;
    if (digit >= base || (n = n * base + digit) > UINT32_MAX) return std::nullopt;
  }
  return s.empty() ? std::nullopt : std::optional(static_cast<uint32_t>(n));
}

int mknod_main(Process& p) {
  Options o;
  std::vector<std::string> words;
  if (auto status = parse(p, kUsage, kFlags, o, words)) return *status;
  Mode mode = 0666;
  if (o.mode) {
    auto change = ModeChange::parse(*o.mode);
    if (!change) return p.warn("invalid mode"), 1;
    mode = change->apply(0666, false, p.umask());
    if (mode & ~0777u) return p.warn("mode must specify only file permission bits"), 1;
  }
  const bool pipe = words.size() < 2 ? false : words[1].starts_with('p');
  const size_t expected = words.size() < 2 || !pipe ? 4 : 2;
  auto hinted = [&](int (*say)(Process&, std::string_view, int), std::string_view word, const char* hint) {
    p.warn(say == extra_operand ? "extra operand %s" : "missing operand after %s", quote(p, word).c_str());
    write_error(p, hint);
    return try_help(p);
  };
  if (words.empty()) return missing_operand(p);
  if (words.size() < expected && words.size() == 2) return hinted(missing_operand_after, words[1], "Special files require major and minor device numbers.\n");
  if (words.size() < expected) return missing_operand_after(p, words.back());
  if (words.size() > expected && pipe && words.size() == 4) return hinted(extra_operand, words[2], "Fifos do not have major and minor device numbers.\n");
  if (words.size() > expected) return extra_operand(p, words[expected]);
  Result<void> done;
  const char type = words[1].empty() ? '\0' : words[1][0];
  if (type == 'p') {
    done = p.mkfifo(words[0], mode);
  } else if (type == 'b' || type == 'c' || type == 'u') {
    auto major = device_number(words[2]), minor = device_number(words[3]);
    if (!major) return p.warn("invalid major device number %s", quote(p, words[2]).c_str()), 1;
    if (!minor) return p.warn("invalid minor device number %s", quote(p, words[3]).c_str()), 1;
    done = p.mknod(words[0], type == 'b' ? FileType::BlockDevice : FileType::CharDevice, mode, *major, *minor);
  } else {
    p.warn("invalid device type %s", quote(p, words[1]).c_str());
    return try_help(p);
  }
  if (done && o.mode) done = p.chmod(words[0], mode);
  if (done) return 0;
  p.warn(done.error(), "%s", quote_name(p, words[0]).c_str());
  return 1;
}

}  // namespace

Command mknod_command() { return {{"mknod"}, kUsage, mknod_main}; }

}  // namespace nacre
