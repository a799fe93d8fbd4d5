/// Cpio: what the three modes of cpio share.
/// Source: GNU cpio 2.13 manual.
#pragma once
#include <map>
#include <memory>

#include "commands/accounts.h"
#include "commands/cpio/format.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {

struct CpioOptions {
  enum Mode : uint8_t { None, Out, In, Pass } mode = None;
  CpioFormat format = CpioFormat::Unknown;
  bool table = false, make_directories = false, unconditional = false, verbose = false, dots = false, keep_mtime = false, null = false, append = false,
       dereference = false, link = false;
  bool numeric = false, nonmatching = false, quiet = false, to_stdout = false, verify_only = false, renumber = false, ignore_devno = false, reset_atime = false;
  bool swap_bytes = false, swap_halfwords = false, rename = false, warn_truncate = false;
  std::optional<bool> absolute;            ///< --absolute-filenames, --no-absolute-filenames
  std::optional<uint64_t> uid, gid;
  uint64_t block = 512;
  std::string archive, directory;
  std::vector<std::string> patterns;
};

std::optional<int> read_cpio_options(Process& p, std::string_view usage, CpioOptions& o);

class Cpio {
 public:
  Cpio(Process& p, CpioOptions& o) : p_(p), o_(o), accounts_(p), zone_(process_zone(p)) {}
  int run();

 private:
  void say(const std::string& text) { write_error(p_, text + "\n"); }
  void error(const std::string& text) {
    say(std::string(p_.called()) + ": " + text);
    status_ = 2;
  }
  void error(const std::string& name, const char* verb, Errno e) { error(name + ": Cannot " + verb + ": " + std::string(message(e))); }
  [[noreturn]] void fatal(const std::string& text) {
    say(std::string(p_.called()) + ": " + text);
    p_.exit(2);
  }
  void tell(const std::string& name);
  void count_blocks(uint64_t bytes);
  std::string safe_name(const std::string& name);

  // out.cc
  void copy_out();
  bool each_name(const std::function<void(std::string&)>& fn);
  CpioEntry entry_of(const std::string& name, const Stat& st);
  void dump(const std::string& name);
  void dump_file(CpioEntry& e, const std::string& path);
  bool defer(const CpioEntry& e, const std::string& path);
  void flush_deferred(std::vector<std::pair<CpioEntry, std::string>>& list);
  bool put_header(const CpioEntry& e);
  void write(std::string_view s);
  void flush();
  uint64_t find_append_position();

  // in.cc
  void copy_in();
  bool next(CpioEntry& e);
  bool next_tar(CpioEntry& e);
  std::string_view data();
  std::string_view need(size_t n);
  void skip_data() {
    while (!data().empty()) {
    }
  }
  bool selected(const std::string& name);
  void list(const CpioEntry& e);
  void extract(CpioEntry& e);
  bool make_way(const CpioEntry& e, const std::string& name);
  void make_file(CpioEntry& e);
  void check_swapping(const CpioEntry& e);
  std::string_view swapped(std::string_view s);
  bool renamed(CpioEntry& e);
  bool link_again(const CpioEntry& e);
  void make_directory(const CpioEntry& e);
  template <class Make>
  bool attempt(const std::string& name, Make&& make, Errno& why);
  void set_attributes(const CpioEntry& e, bool link);

  // pass.cc
  void pass();
  void pass_one(const std::string& name);
  bool pass_file(const std::string& from, const CpioEntry& to);

  Process& p_;
  CpioOptions& o_;
  Accounts accounts_;
  TimeZone zone_;
  int status_ = 0, fd_ = -1;
  std::map<std::string, bool> told_;
  uint64_t bytes_ = 0, left_ = 0, pad_ = 0, next_ino_ = 0;
  CpioFormat format_ = CpioFormat::Unknown;
  std::unique_ptr<Input> in_;
  std::string buffer_, word_, swapped_;
  int tty_ = -1;   ///< -r asks there
  bool swap_bytes_ = false, swap_halfwords_ = false;   ///< of this member
  using FileId = std::pair<uint64_t, uint64_t>;
  std::map<FileId, uint64_t> inos_;
  std::map<FileId, std::vector<std::pair<CpioEntry, std::string>>> deferred_;
  std::map<std::pair<uint64_t, uint64_t>, std::string> linked_;
  std::map<std::pair<uint64_t, uint64_t>, std::vector<CpioEntry>> waiting_;   ///< links without data yet
  std::vector<std::pair<CpioEntry, std::string>> directories_;
};

}  // namespace nacre
