/// file - determine the type of files.
/// Source: file(1) 5.44, checked against the tool.
/// Differs: the database is the machine's own (magic.mgc of libmagic); files of magic a
/// script brings (-m, -C, -c, -d, -l) are refused. -z knows gzip, bzip2, xz, lzma, zstd.
#include <algorithm>
#include <cstring>

#include "algo/bzip2.h"
#include "algo/gzip.h"
#include "algo/magic_set.h"
#include "algo/unicode.h"
#include "algo/xz.h"
#include "algo/zstd.h"
#include "base/utf8.h"
#include "commands/command.h"
#include "commands/option_reader.h"
#include "commands/pump.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: file [OPTION...] [FILE...]\n"
    "Determine type of FILEs.\n\n"
    "      --help                 display this help and exit\n"
    "  -v, --version              output version information and exit\n"
    "  -z, --uncompress           try to look inside compressed files\n"
    "  -Z, --uncompress-noreport  only print the contents of compressed files\n"
    "  -b, --brief                do not prepend filenames to output lines\n"
    "  -e, --exclude TEST         leave TEST out: apptype, ascii, cdf, compress, csv, elf,\n"
    "                               encoding, soft, tar, json, text, tokens\n"
    "      --exclude-quiet TEST   like exclude, but ignore unknown tests\n"
    "  -f, --files-from FILE      read the filenames to be examined from FILE\n"
    "  -F, --separator STRING     use string as separator instead of ':'\n"
    "  -i, --mime                 output MIME type strings (--mime-type and --mime-encoding)\n"
    "      --apple                output the Apple CREATOR/TYPE\n"
    "      --extension            output a slash-separated list of extensions\n"
    "      --mime-type            output the MIME type\n"
    "      --mime-encoding        output the MIME encoding\n"
    "  -k, --keep-going           do not stop at the first match\n"
    "  -L, --dereference          follow symlinks (default if POSIXLY_CORRECT is set)\n"
    "  -h, --no-dereference       do not follow symlinks (default otherwise)\n"
    "  -n, --no-buffer            write each line at once\n"
    "  -N, --no-pad               do not pad output\n"
    "  -0, --print0               terminate filenames with ASCII NUL\n"
    "  -p, --preserve-date        accepted; reading changes no time here\n"
    "  -P, --parameter NAME=N     limits: bytes, elf_notes, elf_phnum, elf_shnum, encoding, indir, name, regex\n"
    "  -r, --raw                  do not translate unprintable chars to \\ooo\n"
    "  -s, --special-files        treat devices as ordinary files\n"
    "  -S, --no-sandbox           accepted; nothing to turn off here\n"
    "  -E, --exit-on-error        an error about a file is an error of the run\n";

constexpr char kShortUsage[] =
    "Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]\n"
    "            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]\n"
    "            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet]\n"
    "            <file> ...\n"
    "       file -C [-m <magicfiles>]\n"
    "       file [--help]\n";

constexpr size_t kBytes = 7340032;             // what is looked at by default
constexpr size_t kWhole = 64u << 20;           // files up to this are shown whole

struct Options {
  uint32_t flags = 0;
  bool brief = false, no_pad = false, raw = false, special = false, errors_count = false, follow = false;
  int nul = 0;
  enum class Zip : uint8_t { No, Report, Only } zip = Zip::No;
  std::string separator = ":";
  std::vector<std::string> names;
  size_t bytes = kBytes;
};

class FileCommand {
 public:
  explicit FileCommand(Process& p) : p_(p), out_(p) { o_.follow = p.getenv("POSIXLY_CORRECT") != nullptr; }

  int run() {
    if (auto status = read_options()) return *status;
    if (o_.names.empty() && !listed_) {
      write_error(p_, kShortUsage);
      return 1;
    }
    if (!ready()) return 1;
    size_t width = 0;
    for (const auto& n : o_.names) width = std::max(width, columns(n));
    for (const auto& n : o_.names) one(n, width);
    return out_.finish(status_);
  }

 private:
  enum Id {
    Help,
    Version,
    MagicFile,
    Uncompress,
    UncompressOnly,
    Brief,
    Checking,
    Exclude,
    ExcludeQuiet,
    From,
    Separator,
    Mime,
    Apple,
    Extension,
    MimeType,
    MimeEncoding,
    KeepGoing,
    List,
    Dereference,
    NoDereference,
    NoBuffer,
    NoPad,
    Print0,
    Preserve,
    Parameter,
    Raw,
    Special,
    NoSandbox,
    Compile,
    Debug,
    ExitOnError
  };

  std::optional<int> read_options() {
    static constexpr OptionSpec kSpecs[] = {{0, "help", ArgKind::None},
                                            {'v', "version", ArgKind::None},
                                            {'m', "magic-file", ArgKind::Required},
                                            {'z', "uncompress", ArgKind::None},
                                            {'Z', "uncompress-noreport", ArgKind::None},
                                            {'b', "brief", ArgKind::None},
                                            {'c', "checking-printout", ArgKind::None},
                                            {'e', "exclude", ArgKind::Required},
                                            {0, "exclude-quiet", ArgKind::Required},
                                            {'f', "files-from", ArgKind::Required},
                                            {'F', "separator", ArgKind::Required},
                                            {'i', "mime", ArgKind::None},
                                            {0, "apple", ArgKind::None},
                                            {0, "extension", ArgKind::None},
                                            {0, "mime-type", ArgKind::None},
                                            {0, "mime-encoding", ArgKind::None},
                                            {'k', "keep-going", ArgKind::None},
                                            {'l', "list", ArgKind::None},
                                            {'L', "dereference", ArgKind::None},
                                            {'h', "no-dereference", ArgKind::None},
                                            {'n', "no-buffer", ArgKind::None},
                                            {'N', "no-pad", ArgKind::None},
                                            {'0', "print0", ArgKind::None},
                                            {'p', "preserve-date", ArgKind::None},
                                            {'P', "parameter", ArgKind::Required},
                                            {'r', "raw", ArgKind::None},
                                            {'s', "special-files", ArgKind::None},
                                            {'S', "no-sandbox", ArgKind::None},
                                            {'C', "compile", ArgKind::None},
                                            {'d', "debug", ArgKind::None},
                                            {'E', "exit-on-error", ArgKind::None}};
    OptionReader reader{p_, p_.argv()[0], kShortUsage, 1, kSpecs};
    return reader.read(
        p_.argv(), [&](size_t i, std::optional<std::string_view> v) { return option(static_cast<Id>(i), v.value_or("")); },
        [&](std::string_view name) -> std::optional<int> {
          o_.names.emplace_back(name);
          return std::nullopt;
        });
  }

  std::optional<int> option(Id id, std::string_view v) {
    switch (id) {
      case Help: {
        out_.write(kUsage);
        return out_.finish(0);
      }
      case Version: return print_version(p_);
      case MagicFile:
      case Checking:
      case List:
      case Compile:
      case Debug: write_error(p_, "file: magic of one's own (-m, -c, -l, -C, -d) is not supported\n"); return 1;
      case Uncompress: o_.zip = Options::Zip::Report; break;
      case UncompressOnly: o_.zip = Options::Zip::Only; break;
      case Brief: o_.brief = true; break;
      case Exclude:
      case ExcludeQuiet:
        if (!open_set()) return 1;
        if (!set_->exclude(v) && id == Exclude) {
          write_error(p_, kShortUsage);
          return 1;
        }
        break;
      case From: return files_from(std::string(v));
      case Separator: o_.separator = v; break;
      case Mime: o_.flags |= kMagicMimeType | kMagicMimeEncoding; break;
      case MimeType: o_.flags |= kMagicMimeType; break;
      case MimeEncoding: o_.flags |= kMagicMimeEncoding; break;
      case Apple: o_.flags |= kMagicApple; break;
      case Extension: o_.flags |= kMagicExtension; break;
      case KeepGoing: o_.flags |= kMagicContinue; break;
      case Dereference: o_.follow = true; break;
      case NoDereference: o_.follow = false; break;
      case NoBuffer: out_.set_line_buffered(true); break;
      case NoPad: o_.no_pad = true; break;
      case Print0: o_.nul++; break;
      case Parameter: return parameter(v);
      case Raw: o_.raw = true; break;
      case Special: o_.special = true; break;
      case ExitOnError: o_.errors_count = true; break;
      case Preserve:
      case NoSandbox: break;   // nothing to do for these in a sandbox
    }
    return std::nullopt;
  }

  bool open_set() {
    if (set_) return true;
    std::string error;
    set_ = MagicSet::open(o_.flags, &error);
    if (!set_) write_error(p_, "file: " + error + "\n");
    return set_ != nullptr;
  }
  bool ready() {
    if (!open_set()) return false;
    // What comes after the first -f changes no flag, as in the tool.
    if (!flags_) flags_ = o_.flags;
    o_.flags = *flags_;
    set_->set_flags(o_.flags);
    return true;
  }

  std::optional<int> parameter(std::string_view v) {
    size_t eq = v.find('=');
    auto n = eq == v.npos ? std::nullopt : parse_int(v.substr(eq + 1));
    if (!open_set()) return 1;
    size_t value = n && *n > 0 ? static_cast<size_t>(*n) : 0;   // as atoi
    if (eq == v.npos || !set_->set_parameter(v.substr(0, eq), value)) {
      write_error(p_, "file: Unknown param " + std::string(v) + "\n");
      return 1;
    }
    if (v.substr(0, eq) == "bytes") o_.bytes = value;
    return std::nullopt;
  }

  // Names are examined where -f stands, padded among themselves.
  std::optional<int> files_from(const std::string& file) {
    std::vector<std::string> names;
    auto in = file == "-" ? std::make_unique<Input>(p_, 0, "-", false) : nullptr;
    if (!in) {
      auto fd = p_.open(file, kOpenRead);
      if (!fd) {
        write_error(p_, "file: Cannot open `" + file + "' (" + std::string(message(fd.error())) + ")\n");
        return 1;
      }
      in = std::make_unique<Input>(p_, *fd, file);
    }
    std::string_view line;
    size_t width = 0;
    while (in->next_line(line)) {
      names.emplace_back(line);
      width = std::max(width, columns(line));
    }
    listed_ = true;
    if (!ready()) return 1;
    for (const auto& n : names) one(n, width);
    return std::nullopt;
  }

  // Unprintable characters as \ooo.
  std::string printable(std::string_view s) const {
    if (o_.raw) return std::string(s);
    std::string out;
    auto octal = [&](char c) {
      char text[8];
      std::snprintf(text, sizeof text, "\\%03o", static_cast<unsigned char>(c));
      out += text;
    };
    for (size_t i = 0; i < s.size();) {
      utf8::Char c = utf8::decode(s.substr(i));
      bool good = c.code < 0x80 ? c.code >= 0x20 && c.code != 0x7f : c.valid && p_.utf8() && in_class(c.code, CharClass::Print);
      for (size_t k = 0; k < c.length; k++) good ? void(out += s[i + k]) : octal(s[i + k]);
      i += c.length;
    }
    return out;
  }

  size_t columns(std::string_view name) const {
    if (!o_.raw) return text_width(printable(name), p_.utf8());
    std::string plain(name);
    for (char& c : plain)
      if (static_cast<unsigned char>(c) < 0x20) c = '?';
    return text_width(plain, p_.utf8());
  }

  void one(const std::string& name, size_t width) {
    const std::string shown = name == "-" ? "/dev/stdin" : name;
    if (!o_.brief) {
      std::string text = printable(shown);
      out_.write(text);
      if (o_.nul) out_.put('\0');
      if (o_.nul < 2) {
        out_.write(o_.separator);
        if (!o_.no_pad) out_.write(std::string(width > columns(name) ? width - columns(name) : 0, ' '));
        out_.put(' ');
      }
    }
    failed_ = false;
    name_ = name;
    std::string text = describe(name);
    out_.write(failed_ ? "ERROR: " + printable(text) : text);
    out_.put(o_.nul > 1 ? '\0' : '\n');
    if (failed_) status_ = 1;
  }

  bool mime() const { return o_.flags & (kMagicMimeType | kMagicMimeEncoding); }

  // What is told about something that is no regular file.
  std::string special(const char* mime_name, const std::string& prefix, const std::string& text) {
    if (o_.flags & (kMagicApple | kMagicExtension)) {
      if (std::strcmp(mime_name, "directory") == 0) return fail("cannot read `" + name_ + "' (Is a directory)");
      return o_.flags & kMagicApple ? "UNKNUNKN" : "???";
    }
    if (!mime()) return prefix + text;
    std::string out = o_.flags & kMagicMimeType ? std::string("inode/") + mime_name : "";
    if (o_.flags & kMagicMimeEncoding) out += (out.empty() ? "" : "; charset=") + std::string("binary");
    return out;
  }

  std::string fail(std::string text) {
    failed_ = true;
    return text;
  }
  std::string cannot(const char* what, const std::string& name, Errno e) {
    std::string text = std::string("cannot ") + what + " `" + name + "' (" + std::string(message(e)) + ")";
    return o_.errors_count ? fail(text) : text;
  }

  std::string describe(const std::string& name) {
    if (name == "-") return contents(name, 0, "");
    auto st = o_.follow ? p_.stat(name) : p_.lstat(name);
    if (!st) return cannot(o_.errors_count ? "stat" : "open", name, st.error());
    std::string prefix;
    for (auto [bit, word] : {std::pair{04000u, "setuid"}, {02000u, "setgid"}, {01000u, "sticky"}})
      if (st->mode & bit) prefix += (prefix.empty() ? "" : ", ") + std::string(word);
    std::string comma = prefix.empty() ? "" : prefix + ", ";
    std::string device = " (" + std::to_string(st->rdev_major) + "/" + std::to_string(st->rdev_minor) + ")";
    switch (st->type) {
      case FileType::Directory: return special("directory", comma, "directory");
      case FileType::Symlink: return symlink(name, comma);
      case FileType::Fifo:
        if (!o_.special) return special("fifo", comma, "fifo (named pipe)");
        break;
      case FileType::Socket: return special("socket", comma, "socket");
      case FileType::CharDevice:
        if (!o_.special) return special("chardevice", comma, "character special" + device);
        break;
      case FileType::BlockDevice:
        if (!o_.special) return special("blockdevice", comma, "block special" + device);
        break;
      case FileType::Regular:
        if (st->size == 0) return special("x-empty", comma, "empty");
        break;
    }
    auto fd = p_.open(name, kOpenRead | kOpenNonblock);
    if (!fd) return unreadable(name, *st, fd.error());
    return contents(name, *fd, prefix.empty() || mime() ? "" : prefix + " , ");
  }

  std::string symlink(const std::string& name, const std::string& comma) {
    auto target = p_.readlink(name);
    if (!target) return fail("unreadable symlink `" + name + "' (" + std::string(message(target.error())) + ")");
    auto there = p_.stat(name);
    if (there && there->is_dir() && (o_.flags & (kMagicApple | kMagicExtension))) return special("directory", "", "");
    if (!there) {
      if (o_.errors_count && !mime()) return fail("broken symbolic link to " + printable(*target) + " (" + std::string(message(there.error())) + ")");
      if (!(o_.flags & kMagicMimeType) && mime()) return fail("(null)");
      return mime() ? "inode/symlink" : comma + "broken symbolic link to " + printable(*target);
    }
    return special("symlink", comma, "symbolic link to " + printable(*target));
  }

  std::string unreadable(const std::string& name, const Stat& st, Errno e) {
    if (e != Errno::ACCES) return cannot("open", name, e);
    if (mime()) return "regular file, no read permission";
    std::string text;
    if (p_.access(name, 2)) text += "writable, ";
    if (p_.access(name, 1)) text += "executable, ";
    if (st.is_regular()) text += "regular file, ";
    return text + "no read permission";
  }

  std::string contents(const std::string& name, int fd, const std::string& prefix) {
    Input in(p_, fd, name, fd > 2);
    auto st = p_.fstat(fd);
    size_t want = st && st->is_regular() && st->size <= kWhole && o_.bytes == kBytes ? static_cast<size_t>(st->size) : std::max<size_t>(o_.bytes, 1);
    std::string_view bytes = in.block(want);
    if (in.error() != Errno::OK) return cannot("read", name, in.error());
    if (bytes.empty()) return mime() ? special("x-empty", "", "") : "empty";
    // A pipe counts as a file that nobody may run.
    int mode = !st || bytes.size() > kWhole || (st->is_regular() && bytes.size() != st->size) ? -1 : st->is_regular() ? static_cast<int>(st->mode) : 0600;
    bytes = bytes.substr(0, want);
    if (o_.zip != Options::Zip::No)
      if (auto text = unpacked(bytes)) return prefix + *text;
    return prefix + known(bytes, mode);
  }

  std::string known(std::string_view bytes, int mode) {
    std::string text;
    p_.tick(2000);
    if (!set_->describe(bytes, mode, &text)) return fail(text);
    return printable(text);
  }

  // -z, -Z: what is inside, and what is around it.
  std::optional<std::string> unpacked(std::string_view bytes) {
    std::unique_ptr<Codec> codec;
    if (bytes.starts_with("\x1f\x8b")) codec = make_gunzip();
    else if (bytes.starts_with("BZh")) codec = make_bunzip2();
    else if (bytes.starts_with("\xfd"
                               "7zXZ"))
      codec = make_unxz(XzFormat::Xz, UINT64_MAX);
    else if (bytes.starts_with("\x28\xb5\x2f\xfd")) codec = make_unzstd();
    else if (bytes.size() > 13 && bytes.starts_with(std::string_view("]\0\0", 3))) codec = make_unxz(XzFormat::Lzma, UINT64_MAX);
    if (!codec) return std::nullopt;
    ChargedMemory memory(p_);
    std::string inside;
    Buffer buffer = make_buffer(kBlockBytes);
    std::string_view rest = bytes;
    CodecStatus status = CodecStatus::More;
    while (status == CodecStatus::More && inside.size() < o_.bytes) {
      std::span<char> room(buffer.get(), kBlockBytes);
      status = run_codec(*codec, rest, room, true);
      memory.at_least(codec->memory() + inside.size());
      inside.append(buffer.get(), kBlockBytes - room.size());
      p_.tick(64);
    }
    bool bad = inside.empty() && status != CodecStatus::End && status != CodecStatus::More;
    if (bad) return std::nullopt;   // told as it is
    std::string text = inside.empty() ? (mime() ? "application/x-empty; charset=binary" : "empty") : known(inside, -1);
    if (o_.zip == Options::Zip::Only) return text;
    if (mime()) {
      if ((o_.flags & kMagicMimeType) && (o_.flags & kMagicMimeEncoding)) return text + " compressed-encoding=" + known(bytes, -1);
      return text;
    }
    return text + " (" + known(bytes, -1) + ")";
  }

  Process& p_;
  Output out_;
  Options o_;
  std::unique_ptr<MagicSet> set_;
  std::optional<uint32_t> flags_;
  std::string name_;
  int status_ = 0;
  bool listed_ = false, failed_ = false;
};

int file_main(Process& p) { return FileCommand(p).run(); }

}  // namespace

Command file_command() { return {{"file"}, kUsage, file_main, MessageName::Short}; }

}  // namespace nacre
