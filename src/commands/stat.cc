/// stat - display file or file system status.
/// Source: GNU coreutils 9 manual, "stat invocation".
/// Differs: file systems (-f) have the fields the sandbox knows; there are no contexts.
#include "algo/unicode.h"
#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/mode.h"
#include "commands/mounts.h"
#include "commands/quoting.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: stat [OPTION]... FILE...\n"
    "Display file or file system status.\n\n"
    "  -L, --dereference     follow links\n"
    "  -f, --file-system     display file system status instead of file status\n"
    "  -c, --format=FORMAT   use the specified FORMAT instead of the default; output a newline after each\n"
    "      --printf=FORMAT   like --format, but interpret backslash escapes, and do not output a newline\n"
    "  -t, --terse           print the information in terse form\n"
    "      --cached=MODE     always, never or default: there is nothing remote to be cached here\n"
    "      --help            display this help and exit\n"
    "      --version         output version information and exit\n\n"
    "%a octal mode  %A rwx mode  %b blocks  %B block unit  %d device  %f hex mode  %F type  %g %G group\n"
    "%h links  %i inode  %m mount point  %n name  %N quoted name  %o I/O size  %s size  %t %T device type\n"
    "%u %U user  %w %W birth  %x %X access  %y %Y modification  %z %Z change\n";

struct Options {
  bool follow = false, file_system = false, terse = false;
  std::optional<std::string> format, printf;
};
constexpr Flag<Options> kFlags[] = {
    {'L', "dereference", &Options::follow},
    {'f', "file-system", &Options::file_system},
    {'c', "format",
     +[](Options& o, std::string_view v) {
       o.format = std::string(v);
       o.printf.reset();
     }},
    {0, "printf",
     +[](Options& o, std::string_view v) {
       o.printf = std::string(v);
       o.format.reset();
     }},
    {'t', "terse", &Options::terse},
    {0, "cached",
     +[](Process& p, Options&, std::string_view v) -> std::optional<int> {
       constexpr Choice kModes[] = {{"default", 0}, {"never", 1}, {"always", 2}};
       return choose(p, "--cached", v, kModes) ? std::optional<int>() : try_help(p);
     }},
};

constexpr char kDefault[] =
    "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Hd,%Ld\tInode: %-11i Links: %h\n"
    "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w\n";
constexpr char kDefaultDevice[] =
    "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Hd,%Ld\tInode: %-11i Links: %-5h Device type: %Hr,%Lr\n"
    "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w\n";
constexpr char kTerse[] = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";
constexpr char kFileSystem[] =
    "  File: \"%n\"\n    ID: %-8i Namelen: %-7l Type: %T\nBlock size: %-10s Fundamental block size: %S\nBlocks: Total: %-10b Free: %-10f Available: "
    "%a\nInodes: Total: %-10c Free: %d\n";

constexpr char kTerseFileSystem[] = "%n %i %l %t %s %S %b %f %a %c %d\n";

const char* type_name(const Stat& st) {
  switch (st.type) {
    case FileType::Regular: return st.size ? "regular file" : "regular empty file";
    case FileType::Directory: return "directory";
    case FileType::Symlink: return "symbolic link";
    case FileType::Fifo: return "fifo";
    case FileType::CharDevice: return "character special file";
    case FileType::BlockDevice: return "block special file";
    case FileType::Socket: return "socket";
  }
  return "weird file";
}

int hex_value(char c) {
  if (ascii_digit(c)) return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

class StatPrinter {
 public:
  StatPrinter(Process& p, Output& out, QuoteStyle style) : p_(p), out_(out), accounts_(p), zone_(process_zone(p)), style_(style) {}

  // False: the format is wrong, which was said.
  bool print(const std::string& format, bool escapes, const std::string& name, const Stat& st, const FsUsage* fs) {
    for (size_t i = 0; i < format.size();) {
      char c = format[i];
      if (c == '\\' && escapes && i + 1 == format.size()) p_.warn("warning: backslash at end of format");
      if (c == '\\' && escapes && i + 1 < format.size()) {
        i = escape(format, i + 1);
        continue;
      }
      if (c != '%' || i + 1 == format.size()) {
        out_.put(c);
        i++;
        continue;
      }
      size_t start = i++;
      std::string spec = "%";
      for (; i < format.size() && std::string_view("-+ #0'I").find(format[i]) != std::string_view::npos; i++)
        if (format[i] != 'I') spec += format[i];   // other digits, which the locale has not
      while (i < format.size() && (ascii_digit(format[i]) || format[i] == '.')) spec += format[i++];
      char half = i + 1 < format.size() && (format[i] == 'H' || format[i] == 'L') && (format[i + 1] == 'd' || format[i + 1] == 'r') ? format[i++] : 0;
      char d = i < format.size() ? format[i++] : '\n';
      bool end = d == '\n' && i >= format.size();
      if (end && i - start - (format[i - 1] == '\n') == 1) {   // a lone % at the end
        out_.write("%\n");
        break;
      }
      if (d == '%' && i - start == 2) {
        out_.put('%');
        continue;
      }
      if (d == '%' || end) {
        out_.flush();
        p_.warn("%s: invalid directive", quote(p_, std::string_view(format).substr(start, i - start - (format[i - 1] == '\n'))).c_str());
        return false;
      }
      if (fs ? !file_system(spec, d, name, *fs) : !directive(spec, d, half, name, st)) out_.put('?');
    }
    return true;
  }

 private:
  size_t escape(const std::string& f, size_t i) {
    constexpr std::string_view from = "abefnrtv\\\"", to = "\a\b\033\f\n\r\t\v\\\"";
    size_t k = from.find(f[i]);
    if (k != std::string_view::npos) {
      out_.put(to[k]);
      return i + 1;
    }
    if (f[i] >= '0' && f[i] <= '7') {
      int v = 0, n = 0;
      while (n < 3 && i < f.size() && f[i] >= '0' && f[i] <= '7') {
        v = v * 8 + (f[i++] - '0');
        n++;
      }
      out_.put(static_cast<char>(v));
      return i;
    }
    int value = 0, digits = 0;
    if (f[i] == 'x') {
      size_t at = i + 1;
      for (; digits < 2 && at < f.size() && hex_value(f[at]) >= 0; at++, digits++) value = value * 16 + hex_value(f[at]);
      if (digits > 0) {
        out_.put(static_cast<char>(value));
        return at;
      }
    }
    out_.flush();
    p_.warn("warning: unrecognized escape '\\%c'", f[i]);
    out_.put(f[i]);
    return i + 1;
  }

  void text(const std::string& spec, const std::string& s) {
    std::string f = spec + "s";
    std::vector<char> buffer(s.size() + 4200);
    int n = std::snprintf(buffer.data(), buffer.size(), f.c_str(), s.c_str());
    if (n > 0) out_.write({buffer.data(), std::min<size_t>(static_cast<size_t>(n), buffer.size() - 1)});
  }
  void number(const std::string& spec, const char* conversion, uint64_t n) {
    // A sign is asked for: such a number is printed as a signed one.
    if (conversion == std::string_view("llu") && spec.find_first_of("+ ") != std::string::npos) conversion = "lld";
    char buffer[4200];
    int k = std::snprintf(buffer, sizeof buffer, (spec + conversion).c_str(), static_cast<unsigned long long>(n));
    if (k > 0) out_.write({buffer, static_cast<size_t>(k)});
  }
  void when(const std::string& spec, const Timespec& t) { text(spec, format_time("%Y-%m-%d %H:%M:%S.%N %z", zone_.local(t.sec), t.sec, t.nsec)); }
  void seconds(const std::string& spec, const Timespec& t) {
    size_t dot = spec.find('.');
    if (dot == std::string::npos) {
      char buffer[64];
      int k = std::snprintf(buffer, sizeof buffer, (spec + "lld").c_str(), static_cast<long long>(t.sec));
      out_.write({buffer, static_cast<size_t>(k)});
      return;
    }
    size_t digits = dot + 1 < spec.size() ? static_cast<size_t>(std::atoi(spec.c_str() + dot + 1)) : 9;
    char nanos[16];
    std::snprintf(nanos, sizeof nanos, "%09d", t.nsec);
    std::string fraction = std::string(nanos).substr(0, digits);
    fraction.resize(digits, '0');
    std::string width = spec.substr(0, dot), number = std::to_string(t.sec) + (digits ? "." + fraction : "");
    // 0 before the width fills with zeros, which %s does not do.
    size_t zero = width.find_first_not_of("%-+ #'");
    if (zero != std::string::npos && width[zero] == '0' && width.find('-') == std::string::npos) {
      size_t want = static_cast<size_t>(std::min(std::atoi(width.c_str() + zero), 4096));
      if (number.size() < want) number.insert(0, want - number.size(), '0');
    }
    text(width, number);
  }

  bool directive(const std::string& spec, char d, char half, const std::string& name, const Stat& st) {
    switch (d) {
      case 'a': number(spec, "llo", st.mode); return true;
      case 'A': text(spec, mode_text(st)); return true;
      case 'b': number(spec, "llu", st.blocks); return true;
      case 'B': number(spec, "llu", 512); return true;
      case 'C': text(spec, "?"); return true;
      case 'd': number(spec, "llu", half == 'H' ? st.dev >> 8 : half == 'L' ? st.dev & 255 : st.dev); return true;
      case 'D': number(spec, "llx", st.dev); return true;
      case 'f': number(spec, "llx", st.st_mode()); return true;
      case 'F': text(spec, type_name(st)); return true;
      case 'g': number(spec, "llu", st.gid); return true;
      case 'G': text(spec, accounts_.group(st.gid) ? accounts_.group_name(st.gid) : "UNKNOWN"); return true;
      case 'h': number(spec, "llu", st.nlink); return true;
      case 'i': number(spec, "llu", st.ino); return true;
      case 'm': {
        auto real = p_.realpath(name);
        text(spec, real ? mount_of(p_, *real).path : "?");
        return true;
      }
      case 'n': text(spec, name); return true;
      case 'N': {
        auto shown = [&](const std::string& s) { return quote_as(style_, s, p_.utf8()); };
        text(spec, shown(name));
        if (!st.is_symlink()) return true;
        if (auto target = p_.readlink(name)) {
          out_.write(" -> ");
          text(spec, shown(*target));
        }
        return true;
      }
      case 'o': number(spec, "llu", 4096); return true;
      case 'r': number(spec, "llu", half == 'H' ? st.rdev_major : half == 'L' ? st.rdev_minor : st.rdev_major << 8 | st.rdev_minor); return true;
      case 'R': number(spec, "llx", st.rdev_major << 8 | st.rdev_minor); return true;
      case 's': number(spec, "llu", st.size); return true;
      case 't': number(spec, "llx", st.rdev_major); return true;
      case 'T': number(spec, "llx", st.rdev_minor); return true;
      case 'u': number(spec, "llu", st.uid); return true;
      case 'U': text(spec, accounts_.user(st.uid) ? accounts_.user_name(st.uid) : "UNKNOWN"); return true;
      case 'w':
        if (st.btime.sec) when(spec, st.btime);
        else text(spec, "-");
        return true;
      case 'W': seconds(spec, st.btime); return true;
      case 'x': when(spec, st.atime); return true;
      case 'X': seconds(spec, st.atime); return true;
      case 'y': when(spec, st.mtime); return true;
      case 'Y': seconds(spec, st.mtime); return true;
      case 'z': when(spec, st.ctime); return true;
      case 'Z': seconds(spec, st.ctime); return true;
      default: return false;
    }
  }

  bool file_system(const std::string& spec, char d, const std::string& name, const FsUsage& fs) {
    switch (d) {
      case 'a':
      case 'f': number(spec, "llu", fs.blocks_free); return true;
      case 'b': number(spec, "llu", fs.blocks); return true;
      case 'c': number(spec, "llu", fs.inodes); return true;
      case 'd': number(spec, "llu", fs.inodes_free); return true;
      case 'i': number(spec, "llx", 0); return true;
      case 'l': number(spec, "llu", 255); return true;
      case 'n': text(spec, name); return true;
      case 's':
      case 'S': number(spec, "llu", fs.block_size); return true;
      case 't': number(spec, "llx", 0x01021994); return true;
      case 'T': text(spec, fs.type == "mem" ? "tmpfs" : fs.type); return true;
      default: return false;
    }
  }

  Process& p_;
  Output& out_;
  Accounts accounts_;
  TimeZone zone_;
  QuoteStyle style_;
};

int stat_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (files.empty()) return missing_operand(p);
  Output out(p);
  // GNU looks for this very text, so that %-8N alone does not quote.
  const auto& given = o.printf ? o.printf : o.format;
  bool quotes = given && given->find("%N") != std::string::npos;
  QuoteStyle style = QuoteStyle::Literal;
  if (quotes) style = quote_style_from_environment(p).value_or(QuoteStyle::ShellEscapeAlways);
  StatPrinter printer(p, out, style);
  int status = 0;
  for (const auto& f : files) {
    if (f == "-" && o.file_system) {
      p.warn("using '-' to denote standard input does not work in file system mode");
      status = 1;
      continue;
    }
    auto st = f == "-" ? p.fstat(0) : o.follow || o.file_system ? p.stat(f) : p.lstat(f);
    if (!st) {
      out.flush();
      p.warn(st.error(), o.file_system ? "cannot read file system information for %s" : "cannot statx %s", quote_file(p, f).c_str());
      status = 1;
      continue;
    }
    FsUsage usage;
    if (o.file_system) {
      auto node = p.vfs().resolve(p.path_context(), f);
      if (node && node->fs) usage = node->fs->usage();
    }
    bool device = st->type == FileType::CharDevice || st->type == FileType::BlockDevice;
    std::string format = o.printf        ? *o.printf
                         : o.format      ? *o.format + "\n"
                         : o.file_system ? (o.terse ? kTerseFileSystem : kFileSystem)
                         : o.terse       ? kTerse
                         : device        ? kDefaultDevice
                                         : kDefault;
    if (!printer.print(format, o.printf.has_value(), f, *st, o.file_system ? &usage : nullptr)) return 1;
  }
  return out.finish(status);
}

}  // namespace

Command stat_command() { return {{"stat"}, kUsage, stat_main}; }

}  // namespace nacre
