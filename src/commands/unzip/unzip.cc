/// unzip, zipinfo - list, test and extract zip archives.
/// Source: Info-ZIP UnZip 6.00 manual pages; PKWARE APPNOTE.
/// Differs: expands stored, deflated and bzip2 members; no wildcards in the archive's name, no
/// -U -UU, no zipinfo -v; encryption is the traditional one only.
#include "commands/unzip/unzip.h"

#include "algo/glob_path.h"
#include "commands/args.h"
#include "commands/command.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: unzip [-Z] [-opts] FILE[.zip] [NAME...] [-x NAME...] [-d DIRECTORY]\n"
    "Extract members of a zip archive; names may be patterns, in which * matches / too.\n\n"
    "  -p  to standard output, no messages        -l  list members\n"
    "  -f  freshen existing files, create none    -t  test members\n"
    "  -u  update files, create if necessary      -z  the archive's comment\n"
    "  -v  list in detail                         -Z  list as zipinfo does\n"
    "  -x  except the names that follow           -d  extract into DIRECTORY\n"
    "  -c  to standard output, with names\n\n"
    "  -n  never overwrite                        -q  quiet; -qq: quieter\n"
    "  -o  overwrite without asking               -j  without directories\n"
    "  -C  ignore case in names                   -L  names in lower case (-LL: all)\n"
    "  -a  line ends of text are converted (-aa: of all)  -b  of nothing\n"
    "  -B  keep what is overwritten as NAME~      -T  set the archive's time to its newest member's\n"
    "  -W  * in names stops at /, ** does not     -^  allow control characters in names\n"
    "  -K  keep set-id bits                       -X  restore owners\n"
    "  -D  no times for directories; -DD: for nothing\n"
    "  -P  PASSWORD                               -:  allow ../ in names\n\n"
    "zipinfo: -1 names, -2 names with -h -t, -s -m -l short, medium, long; -h header, -t totals,\n"
    "  -T times as numbers, -z comment, -x except, -C ignore case\n"
    "      --help  --version\n";

int usage_error(Process& p) {
  write_error(p, kUsage);
  return 10;
}

class Reader {
 public:
  Reader(Process& p, UnzipOptions& o) : p_(p), o_(o), info_(p.name() == "zipinfo") {}

  std::optional<int> run() {
    const auto& argv = p_.argv();
    size_t at = 1;
    for (; at < argv.size() && argv[at].size() > 1 && argv[at][0] == '-'; at++) {
      const std::string& w = argv[at];
      if (w == "--") {
        at++;
        break;
      }
      if (w == "--help" || w == "--version") {
        if (w == "--version") return print_version(p_);
        (void)p_.write(1, kUsage);
        return 0;
      }
      if (auto status = letters(w, argv, at)) return status;
    }
    if (info_) o_.mode = UnzipOptions::Info;
    if (at >= argv.size()) {
      if (o_.mode == UnzipOptions::ListVerbose) return print_version(p_);
      (void)p_.write(argv.size() > 1 ? 2 : 1, kUsage);
      return argv.size() > 1 ? 10 : 0;
    }
    if (argv[at] == "-") return usage_error(p_);
    o_.archive = argv[at++];
    bool excluding = false;
    for (; at < argv.size(); at++) {
      const std::string& w = argv[at];
      if (w == "-x") {
        excluding = true;
      } else if (w.starts_with("-d") && !info_) {
        if (auto status = directory(w.substr(2), argv, at)) return status;
      } else {
        (excluding ? o_.excluded : o_.names).push_back(w);
      }
    }
    return finish();
  }

 private:
  std::optional<int> directory(std::string value, const std::vector<std::string>& argv, size_t& at) {
    if (value.empty() && at + 1 < argv.size()) value = argv[++at];
    if (value.empty()) {
      write_error(p_, "error:  must specify directory to which to extract with -d option\n");
      return 10;
    }
    while (value.size() > 1 && value.ends_with('/')) value.pop_back();
    o_.directory = value;
    return std::nullopt;
  }

  std::optional<int> letters(const std::string& w, const std::vector<std::string>& argv, size_t& at) {
    for (size_t i = 1; i < w.size(); i++) {
      char c = w[i];
      if (!info_ && c == 'Z') {
        info_ = true;
        continue;
      }
      if (info_ ? info_letter(c) : letter(c)) continue;
      if (info_) return usage_error(p_);
      if (c == 'd') return directory(w.substr(i + 1), argv, at);
      if (c == 'P') {
        o_.password = w.substr(i + 1);
        if (o_.password.empty() && at + 1 < argv.size()) o_.password = argv[++at];
        o_.has_password = true;
        return std::nullopt;
      }
      return usage_error(p_);
    }
    return std::nullopt;
  }
  bool letter(char c) {
    using O = UnzipOptions;
    switch (c) {
      case 'p': o_.mode = O::Pipe; break;
      case 'c': o_.mode = O::PipeNamed; break;
      case 'l': o_.mode = o_.mode == O::ListVerbose ? O::ListVerbose : O::List; break;
      case 'v': o_.mode = O::ListVerbose; break;
      case 't': o_.mode = O::Test; break;
      case 'z': o_.mode = O::Comment; break;
      case 'f': o_.freshen = o_.update = true; break;
      case 'u': o_.update = true; break;
      case 'n': o_.overwrite = O::Never; break;
      case 'o': o_.overwrite = O::Always; break;
      case 'j': o_.junk = true; break;
      case 'q': o_.quiet++; break;
      case 'C': o_.fold_case = true; break;
      case 'L': o_.lower++; break;
      case 'a': o_.text++; break;
      case 'b': o_.binary = true; break;
      case 'B': o_.backups = true; break;
      case 'T': o_.set_time = true; break;
      case 'W': o_.wild_stop = true; break;
      case '^': o_.control = true; break;
      case 'M':
      case 'V': break;   // a pager for terminals; file versions of VMS
      case 'K': o_.keep_special = true; break;
      case 'X': o_.owners = true; break;
      case 'D': o_.no_directory_times++; break;
      case ':': o_.strip_dots = 1; break;
      default: return false;
    }
    return true;
  }
  bool info_letter(char c) {
    switch (c) {
      case '1':
      case '2':
      case 's':
      case 'm':
      case 'l': o_.format = c; break;
      case 'h': o_.header = true; break;
      case 't': o_.totals = true; break;
      case 'T': o_.decimal_time = true; break;
      case 'z': o_.comment = true; break;
      case 'C': o_.fold_case = true; break;
      case 'W': o_.wild_stop = true; break;
      case 'M': break;
      default: return false;
    }
    return true;
  }
  // zipinfo: which of header, lines and totals are wanted.
  std::optional<int> finish() {
    if (o_.mode != UnzipOptions::Info) return std::nullopt;
    bool only = (o_.header || o_.totals) && !o_.format && o_.names.empty() && o_.excluded.empty();
    if (!only && o_.format != '1' && o_.format != '2') {
      if (o_.names.empty() && o_.excluded.empty()) o_.header = o_.totals = true;
      if (!o_.format) o_.format = 's';
    }
    return std::nullopt;
  }

  Process& p_;
  UnzipOptions& o_;
  bool info_;
};

}  // namespace

std::optional<int> read_unzip_options(Process& p, std::string_view, UnzipOptions& o) { return Reader(p, o).run(); }

bool Unzip::open() {
  for (const char* suffix : {"", ".zip", ".ZIP"}) {
    name_ = o_.archive + suffix;
    auto fd = p_.open(name_, kOpenRead);
    if (!fd) continue;
    if (auto st = p_.fstat(*fd); st && st->is_dir()) {
      (void)p_.close(*fd);
      continue;
    }
    fd_ = *fd;
    return true;
  }
  say(std::string(o_.mode == UnzipOptions::Info ? "zipinfo" : "unzip") + ":  cannot find or open " + o_.archive + ", " + o_.archive + ".zip or " + o_.archive +
      ".ZIP.\n");
  return false;
}

int Unzip::no_directory(const std::string& program) {
  bool info = o_.mode == UnzipOptions::Info;
  if (info || o_.quiet || o_.mode == UnzipOptions::Pipe) say("[" + name_ + "]\n");
  say("  End-of-central-directory signature not found.  Either this file is not\n  a zipfile, or it constitutes one disk of a multi-part archive.  In the\n"
      "  latter case the central directory and zipfile comment will be found on\n  the last disk(s) of this archive.\n");
  if (info || (o_.quiet < 2 && o_.mode != UnzipOptions::Pipe))
    say(program + ":  cannot find zipfile directory in one of " + o_.archive + " or\n" + std::string(program.size() + 3, ' ') + o_.archive +
        ".zip, and cannot find " + o_.archive + ".ZIP, period.\n");
  return 9;
}

bool Unzip::matches(std::string_view pattern, std::string_view name) const {
  const uint32_t fold = o_.fold_case ? uint32_t{kGlobFoldCase} : 0u;
  if (!o_.wild_stop) return Glob::compile(pattern, fold).match(name);
  return glob_match_path(pattern, name, fold);
}

void Unzip::lower_names() {
  for (auto& e : dir_.entries) {
    if (!marks_case(e)) continue;
    for (char& c : e.name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
}

// -T: the archive becomes as old as its newest member.
int Unzip::set_archive_time() {
  int64_t latest = INT64_MIN;
  for (const auto& e : dir_.entries)
    if (!e.is_dir()) latest = std::max(latest, e.seconds(zone_));
  if (latest != INT64_MIN) {
    const Timespec t{latest, 0};
    if (auto done = p_.utimens(name_, &t, &t, false); !done) {
      say("warning:  cannot set time for " + name_ + "\n");
      raise(1);
    } else if (!o_.quiet) {
      out_.write("Updated time stamp for " + name_ + ".\n");
    }
  }
  return out_.finish(status_);
}

bool Unzip::wanted(const ZipEntry& e) {
  bool hit = o_.names.empty();
  for (size_t i = 0; i < o_.names.size(); i++) {
    if (!matches(o_.names[i], e.name)) continue;
    hit = true;
    found_[i] = true;
    break;
  }
  if (!hit) return false;
  for (size_t i = 0; i < o_.excluded.size(); i++) {
    if (!matches(o_.excluded[i], e.name)) continue;
    found_excluded_[i] = true;
    return false;
  }
  return true;
}

int Unzip::run() {
  if (!open()) return 9;
  found_.resize(o_.names.size());
  found_excluded_.resize(o_.excluded.size());
  using O = UnzipOptions;
  bool info = o_.mode == O::Info, talks = o_.mode != O::Pipe && !(info && (o_.format == '1' || o_.format == '2'));
  if (o_.set_time) talks = false;
  bool names_archive = o_.set_time ? false
                       : info      ? o_.header
                                   : o_.mode == O::Test || o_.mode == O::List || o_.mode == O::ListVerbose || o_.mode == O::Comment || talks;
  auto dir = read_zip_directory(p_, fd_);
  if (names_archive && !o_.quiet) out_.write("Archive:  " + name_ + "\n");
  else if (!dir && info) out_.write("Archive:  " + name_ + "\n");
  if (!dir) {
    out_.flush();
    return no_directory(info ? "zipinfo" : "unzip");
  }
  dir_ = std::move(*dir);
  std::erase(dir_.comment, '\r');
  if (dir_.shift) {
    say("warning [" + name_ + "]:  " + std::to_string(dir_.shift) + " extra byte" + (dir_.shift == 1 ? "" : "s") +
        " at beginning or within zipfile\n  (attempting to process anyway)\n");
    raise(1);
  }
  if (o_.lower) lower_names();
  if (o_.set_time) return set_archive_time();
  if (info && o_.comment && !dir_.comment.empty()) out_.line(dir_.comment);
  bool shows_comment = o_.mode == O::Comment || (!info && !o_.quiet && o_.mode != O::Pipe);
  if (info && o_.header) out_.format("Zip file size: %llu bytes, number of entries: %zu\n", static_cast<unsigned long long>(dir_.size), dir_.entries.size());
  if (shows_comment && !dir_.comment.empty()) out_.line(dir_.comment);
  if (dir_.entries.empty() && o_.mode != O::Comment) {
    say((info ? "Empty zipfile.\n" : "warning [" + name_ + "]:  zipfile is empty\n"));
    return 1;
  }
  switch (o_.mode) {
    case O::Comment: break;
    case O::List: list(); break;
    case O::ListVerbose: list_verbose(); break;
    case O::Info: this->info(); break;
    default: extract_all(); break;
  }
  return out_.finish(status_);
}

namespace {
int unzip_main(Process& p) {
  UnzipOptions o;
  if (auto status = read_unzip_options(p, kUsage, o)) return *status;
  return Unzip(p, o).run();
}
}  // namespace

Command unzip_command() { return {{"unzip", "zipinfo"}, kUsage, unzip_main, MessageName::Short}; }

}  // namespace nacre
