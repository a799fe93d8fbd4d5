/// zgrep, zegrep, zfgrep, and with bz, xz and zstd before grep - search compressed files.
/// Source: zgrep(1) of gzip 1.12, bzgrep(1) of bzip2 1.0.8, xzgrep(1) of XZ Utils 5.4, zstdgrep(1)
/// of zstd 1.5, checked against the tools.
/// Differs: messages about options do not tell the line of a script they come from; help text is
/// in our own words.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: zgrep [OPTION]... [-e] PATTERN [FILE]...\n"
    "Search files that may be compressed (zgrep, zegrep, zfgrep: with gzip; bzgrep and so on: bzip2;\n"
    "xzgrep and so on: xz and, by their names, the others; zstdgrep: zstd).\n\n"
    "OPTIONs are those of grep, but for -d, -r, -R, -z, -Z, --exclude, --include and --null.\n\n"
    "      --help      display this help and exit\n"
    "      --version   output version information and exit\n";

enum class Packer : uint8_t { Gzip, Bzip2, Xz, Zstd };

struct Search {
  Packer packer = Packer::Gzip;
  std::vector<std::string> grep;    ///< the command, its options and patterns
  std::vector<std::string> files;
  bool has_pattern = false, names = false, no_names = false, matching = false, lacking = false;
};

/// Long options whose value may be a word of its own.
bool takes_word(std::string_view name) {
  for (std::string_view begin : {"--binary-", "--la", "--ma", "--reg", "--after", "--before", "--context", "--file"})
    if (name.starts_with(begin)) return name.find('=') == name.npos && !name.starts_with("--files");
  return false;
}

bool is_refused(std::string_view name) {
  for (std::string_view begin : {"--di", "--exc", "--inc", "--rec", "--nu"})
    if (name.starts_with(begin)) return true;
  return false;
}

class Reader {
 public:
  Reader(Process& p, Search& s) : p_(p), s_(s) {}

  /// A status: the command is over.
  std::optional<int> read() {
    const auto& argv = p_.argv();
    size_t i = 1;
    for (; i < argv.size(); i++) {
      const std::string& a = argv[i];
      if (a == "--") {
        i++;
        break;
      }
      if (a.size() < 2 || a[0] != '-') {
        s_.files.push_back(a);
        continue;
      }
      auto status = a[1] == '-' ? long_option(a, i) : letters(a, i);
      if (status) return status;
    }
    s_.files.insert(s_.files.end(), argv.begin() + static_cast<ptrdiff_t>(std::min(i, argv.size())), argv.end());
    if (s_.has_pattern) return std::nullopt;
    if (s_.files.empty()) return fail("missing pattern; try `" + std::string(p_.name()) + " --help' for help");
    s_.grep.insert(s_.grep.end(), {"-e", s_.files[0]});
    s_.files.erase(s_.files.begin());
    return std::nullopt;
  }

 private:
  std::optional<int> fail(const std::string& text) {
    const std::string& called = p_.argv()[0];   // as a script of /usr/bin names itself
    write_error(p_, (called.find('/') == called.npos && s_.packer != Packer::Zstd ? "/usr/bin/" : "") + called + ": " + text + "\n");
    return s_.packer == Packer::Zstd ? 1 : 2;
  }
  std::optional<int> refuse(const std::string& option) {
    return fail(option + (s_.packer == Packer::Xz ? ": Option not supported" : ": option not supported"));
  }

  std::optional<int> long_option(const std::string& a, size_t& i) {
    if (std::string_view("--help").starts_with(a) && a.size() > 3) {
      Output out(p_);
      out.write(kUsage);
      return out.finish(0);
    }
    if (std::string_view("--version").starts_with(a) && a.size() > 2) return print_version(p_);
    if (is_refused(a)) return refuse(a);
    if (std::string_view("--with-filename").starts_with(a) && a.size() > 3) return s_.names = true, std::nullopt;
    if (a.starts_with("--no-f")) s_.no_names = true;
    if (a.starts_with("--files-with-")) s_.matching = true;
    if (a.starts_with("--files-witho")) s_.lacking = true;
    if (a.starts_with("--reg")) s_.has_pattern = true;
    std::optional<std::string> value;
    if (takes_word(a)) {
      if (i + 1 >= p_.argv().size()) return fail(a + " option requires an argument");
      value = p_.argv()[++i];
    }
    if (a == "--file" || a.starts_with("--file=")) return patterns_of(value ? *value : a.substr(7));
    s_.grep.push_back(a);
    if (value) s_.grep.push_back(*value);
    return std::nullopt;
  }

  std::optional<int> letters(const std::string& a, size_t& i) {
    for (size_t k = 1; k < a.size(); k++) {
      const char c = a[k];
      const std::string option = std::string("-") + c;
      if (std::string_view("drRzZ").find(c) != std::string_view::npos) return refuse(option);
      if (c == 'V') return print_version(p_);
      if (c == 'H') {
        s_.names = true;
        continue;
      }
      if (c == 'h') s_.no_names = true;
      if (c == 'l') s_.matching = true;
      if (c == 'L') s_.lacking = true;
      if (c == 'e') s_.has_pattern = true;
      if (std::string_view("ABCDXefm").find(c) == std::string_view::npos) {
        s_.grep.push_back(option);
        continue;
      }
      if (k + 1 == a.size() && i + 1 >= p_.argv().size()) return fail(option + " option requires an argument");
      const std::string value = k + 1 < a.size() ? a.substr(k + 1) : p_.argv()[++i];
      if (c == 'f') return patterns_of(value);
      s_.grep.insert(s_.grep.end(), {option, value});
      return std::nullopt;
    }
    return std::nullopt;
  }

  /// -f: grep's standard input is a file's text, so patterns from there are read now.
  std::optional<int> patterns_of(const std::string& file) {
    s_.has_pattern = true;
    if (file != "-" && file != "/dev/stdin" && file != "/dev/fd/0") {
      s_.grep.insert(s_.grep.end(), {"-f", file});
      return std::nullopt;
    }
    Input in(p_, 0, "-", false);
    std::string text(in.all());
    if (text.ends_with('\n')) text.pop_back();
    else if (text.empty()) return s_.grep.insert(s_.grep.end(), {"-f", "/dev/null"}), std::nullopt;
    s_.grep.insert(s_.grep.end(), {"-e", text});
    return std::nullopt;
  }

  Process& p_;
  Search& s_;
};

bool ends_like(std::string_view name, std::initializer_list<std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(), [&](auto end) { return name.ends_with(end); });
}

std::vector<std::string> unpacker(Packer packer, const std::string& file) {
  if (packer == Packer::Xz) {   // by the name
    if (ends_like(file, {".Z", ".z", "-Z", "-z", "_z", ".gz", "-gz", ".tgz", ".taz"})) packer = Packer::Gzip;
    else if (ends_like(file, {".bz2", "-bz2", ".tbz", ".tbz2"})) packer = Packer::Bzip2;
    else if (ends_like(file, {".zst", "-zst", ".tzst"})) packer = Packer::Zstd;
  }
  switch (packer) {
    case Packer::Gzip: return {"gzip", "-cdfq", "--", file};
    case Packer::Bzip2: return {"bzip2", "-cdfq", "--", file};
    case Packer::Xz: return {"xz", "-cdfq", "--", file};
    default: return {"zstd", "-cdfq", "--", file};
  }
}

int wait_for(Process& p, int pid) {
  auto waited = p.wait(pid);
  return waited && *waited ? (*waited)->status.shell_status() : 2;
}

/// One file; grep's status, made worse by that of what unpacks it.
int search(Process& p, const Search& s, const std::string& file) {
  auto pipe = p.pipe();
  if (!pipe) return p.warn(pipe.error(), "pipe"), 2;
  auto unpack = p.spawn(unpacker(s.packer, file), {.stdout_fd = pipe->write_end, .close_fds = {pipe->read_end, pipe->write_end}});
  (void)p.close(pipe->write_end);
  std::vector<std::string> grep = s.grep;
  const bool only_name = s.matching || s.lacking;
  if (s.names && !only_name) grep.insert(grep.begin() + 1, "-H");
  if (file != "-") grep.insert(grep.begin() + 1, "--label=" + file);
  SpawnOptions options{.stdin_fd = pipe->read_end, .close_fds = {pipe->read_end}};
  int null = -1;
  if (only_name) {
    if (auto fd = p.open("/dev/null", kOpenWrite)) options.stdout_fd = null = *fd;
  }
  auto find = p.spawn(grep, options);
  (void)p.close(pipe->read_end);
  if (null >= 0) (void)p.close(null);
  int status = find ? wait_for(p, *find) : 2, unpacked = unpack ? wait_for(p, *unpack) : 2;
  if (only_name && status == (s.matching ? 0 : 1)) {
    Output out(p);
    out.line(file);
    if (out.finish(0)) status = 2;
  }
  if (unpacked == 2) unpacked = 0;         // only warned
  if (unpacked > 128) unpacked = 0;        // grep had enough
  const bool tells = s.packer == Packer::Gzip || s.packer == Packer::Xz;
  return tells && unpacked ? std::max(status, 2) : status;
}

int zgrep_main(Process& p) {
  Search s;
  const std::string_view name = p.name();
  s.packer = name.starts_with("bz") ? Packer::Bzip2 : name.starts_with("xz") ? Packer::Xz : name.starts_with("zst") ? Packer::Zstd : Packer::Gzip;
  s.grep = {"grep"};
  if (name.ends_with("egrep")) s.grep.emplace_back("-E");
  if (name.ends_with("fgrep")) s.grep.emplace_back("-F");
  if (auto status = Reader(p, s).read()) return *status;
  if (s.files.empty()) s.files = {"-"};
  if (s.files.size() > 1 && !s.no_names) s.names = true;
  int result = 1;
  for (const auto& file : s.files) {
    int status = search(p, s, file);
    // The greatest, but 0 counts for more than 1.
    if (status <= 1 && result <= 1 ? status < result : status > result) result = status;
    if (result >= 126) break;
  }
  return result;
}

}  // namespace

Command zgrep_command() {
  return {{"zgrep", "zegrep", "zfgrep", "bzgrep", "bzegrep", "bzfgrep", "xzgrep", "xzegrep", "xzfgrep", "zstdgrep"}, kUsage, zgrep_main};
}

}  // namespace nacre
