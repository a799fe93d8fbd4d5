/// Unzip: what the modes of unzip share: the archive, which members are asked
/// for, messages. zipinfo is unzip -Z.
/// Source: Info-ZIP UnZip 6.00 manual pages (unzip, zipinfo).
#pragma once
#include "algo/glob.h"
#include "commands/text_io.h"
#include "commands/zip/directory.h"
#include "commands/zone.h"

namespace nacre {

struct UnzipOptions {
  enum Mode : uint8_t { Extract, Pipe, PipeNamed, List, ListVerbose, Test, Comment, Info } mode = Extract;
  enum Overwrite : uint8_t { Ask, Always, Never } overwrite = Ask;
  bool freshen = false, update = false, junk = false, fold_case = false, keep_special = false, owners = false, literal_slash = false;
  bool binary = false, backups = false, set_time = false, wild_stop = false, control = false;
  int text = 0;   ///< 1: text is converted (-a), 2: all is (-aa)
  int lower = 0;  ///< 1: names from systems that have no lower case (-L), 2: all names (-LL)
  int quiet = 0, no_directory_times = 0, strip_dots = 0;
  std::string archive, directory, password;
  bool has_password = false;
  std::vector<std::string> names, excluded;
  // zipinfo
  char format = 0;              ///< 1 2 s m l; 0: s
  bool header = false, totals = false, decimal_time = false, comment = false;
};

/// A status: the command is over.
std::optional<int> read_unzip_options(Process& p, std::string_view usage, UnzipOptions& o);

class Unzip {
 public:
  Unzip(Process& p, UnzipOptions& o) : p_(p), o_(o), out_(p), zone_(process_zone(p)) {}
  int run();

 private:
  bool open();
  int no_directory(const std::string& name);
  bool wanted(const ZipEntry& e);
  /// Whether a name is put in lower case: those of DOS, VMS, VM/CMS and CP/M had no other.
  bool marks_case(const ZipEntry& e) const { return o_.lower > 1 || (o_.lower && (e.system() == 0 || e.system() == 2 || e.system() == 4 || e.system() == 9)); }
  void lower_names();
  int set_archive_time();
  bool matches(std::string_view pattern, std::string_view name) const;
  void raise(int status) { status_ = std::max(status_, status); }
  /// A message: on standard output where the mode only tells things anyway.
  void say(const std::string& text) {
    out_.flush();
    bool tells = o_.mode == UnzipOptions::Test || o_.mode == UnzipOptions::Info;
    (void)p_.write(tells ? 1 : 2, text);
  }
  void note(const std::string& text) {   ///< what is said in between of what is extracted
    if (o_.mode == UnzipOptions::Pipe || o_.mode == UnzipOptions::PipeNamed) return say(text);
    out_.write(text);
  }

  // list.cc
  void list();
  void list_verbose();
  void info();
  std::string info_line(const ZipEntry& e);

  // extract.cc
  void extract_all();
  void extract(const ZipEntry& e);
  bool choose_target(const ZipEntry& e, std::string& path, bool& skip);
  std::string target_name(const ZipEntry& e);
  bool ask(std::string& path, bool& skip);
  bool make_directories(const std::string& path);
  void make_directory(const ZipEntry& e, const std::string& path);
  void announce(const char* verb, const std::string& name, bool end_line);
  bool decode(const ZipEntry& e, const std::string& shown, int fd, std::string* text);
  bool password_fits(const ZipEntry& e);
  void back_up(const std::string& path);
  bool converts(const ZipEntry& e) const { return !o_.binary && (o_.text > 1 || (o_.text && e.is_text())); }
  void set_attributes(const ZipEntry& e, const std::string& path);
  void finish();

  Process& p_;
  UnzipOptions& o_;
  Output out_;
  TimeZone zone_;
  int fd_ = -1;
  std::string name_;
  ZipDirectory dir_;
  std::vector<bool> found_, found_excluded_;
  int status_ = 0;
  uint64_t tested_ = 0, asked_ = 0;
  bool unsupported_ = false, no_password_ = false;
  uint64_t locked_ = 0;        ///< members whose password was wrong
  struct Link {
    std::string path, target;
    const ZipEntry* entry;
    uint64_t dev, ino;
  };
  std::vector<Link> links_;
  std::vector<std::pair<std::string, const ZipEntry*>> directories_;
};

}  // namespace nacre
