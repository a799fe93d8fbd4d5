/// Tar: what the operations of tar share: messages, names, the listing of a
/// member, and the archive as a stream of blocks, through a compressor that runs
/// as a child process.
/// Source: GNU tar 1.34 manual.
#pragma once
#include <memory>
#include <set>

#include "algo/date.h"
#include "commands/accounts.h"
#include "commands/tar/options.h"
#include "commands/text_io.h"

namespace nacre {

/// A child that compresses or expands.
struct TarChild {
  int pid = 0;
  std::string program;
};

class Tar {
 public:
  Tar(Process& process, TarOptions& options);

  Process& p;
  TarOptions& o;
  int status = 0;
  Accounts accounts;

  // ---- messages
  void warn(const std::string& text) { write_error(p, std::string(p.called()) + ": " + text + "\n"); }
  /// A warning that --warning=no-KEYWORD silences. `only_verbose`: and that needs -v or --warning=KEYWORD to be heard.
  void warn_about(std::string_view keyword, const std::string& text, bool only_verbose = false);
  void error(const std::string& text);
  /// "tar: NAME: Cannot VERB: reason"
  void error(const std::string& name, const char* verb, Errno e);
  [[noreturn]] void fatal(const std::string& text);
  /// A name as messages and listings show it: control characters and backslashes escaped.
  std::string shown(std::string_view name, bool colon = false) const;
  /// The last message and the exit status.
  int finish();

  // ---- names
  /// What a stored name is made of name: without a leading / or a beginning that leads upwards,
  /// unless -P. Says so once for each such beginning.
  std::string safe_name(const std::string& name, bool link);
  bool set_transforms();
  std::string transformed(const std::string& name, TarTransform::Of of) const { return transform_.empty() ? name : transform_.apply(name, of); }
  /// By the first `patterns` of --exclude (all of them by default).
  bool excluded(std::string_view name, size_t patterns = SIZE_MAX) const;
  /// The name on the command line that asks for this member; null: not asked for. `all` when none were given.
  TarName* wanted(std::string_view member, bool* all);
  /// The tag that a directory holds (a file of that name, or a marked CACHEDIR.TAG); says that `what`, about `shown_dir`.
  std::optional<std::string> has_tag(const std::string& dir, const std::string& shown_dir, const std::vector<std::string>& tags, bool caches, const char* what);
  /// -w: asks whether to do it. Standard input answers; the terminal, when the archive comes from there.
  bool confirmed(const char* verb, const std::string& name);
  /// --show-omitted-dirs: a directory that was not asked for.
  void omit(const TarEntry& entry);
  /// Says which names were not found.
  void report_missing();
  bool all_found() const;
  /// Goes to a directory named by -C. False after a message (fatal).
  void go(const std::string& dir);

  // ---- listing
  /// A line about a member, on the stream for listings (stderr when the archive is standard output).
  void list(const TarEntry& entry, int verbose, const std::string& name);
  void say(const std::string& line);
  int listing_fd = 1;
  std::string list_prefix;   ///< before what list() says
  bool cut_names() const { return !told_.empty(); }
  /// The block that -R shows for the next member listed.
  void at_block(uint64_t block) { block_ = block; }
  /// A record was read or written: what --checkpoint asks for.
  void record(bool writing);

  // ---- children
  int start_child(TarChild& child, bool decompress, int archive_fd, bool reading);
  void wait_child(TarChild& child);

  std::string time_text(Timespec t, bool full);

 private:
  TarTransform transform_;
  std::set<std::string> told_, told_links_;
  std::string cwd_;
  size_t width_ = 19;
  bool started_ = false;   ///< the member of --starting-file was met
  uint64_t block_ = 0, records_ = 0;
  TimeZone zone_;
};

/// An archive that is read, from its first byte on.
class TarInput {
 public:
  /// Opens the archive; finds out whether it is compressed. Ends the run when it cannot.
  explicit TarInput(Tar& tar);
  /// The next 512 bytes; shorter at the end of the file.
  std::string_view block() {
    count_records();
    return in_->block(kTarBlock).substr(0, kTarBlock);
  }
  std::string_view some() { return in_->block(); }
  void take(size_t n) {
    in_->consume(n);
    at_ += n;
  }
  uint64_t at() const { return at_; }
  bool through_child() const { return piped_; }
  Errno error() const { return in_->error(); }
  /// Reads what is left of a pipe, closes, and looks how the child ended.
  void finish();
  const Stat& stat() const { return stat_; }

 private:
  Tar& tar_;
  std::unique_ptr<Input> in_;
  TarChild child_;
  Stat stat_;
  bool piped_ = false;
  void count_records() {
    for (const uint64_t size = tar_.o.blocking * kTarBlock; records_ * size <= at_; records_++) tar_.record(false);
  }
  uint64_t at_ = 0, records_ = 0;
};

/// An archive that is written. Pads to whole records.
class TarOutput {
 public:
  enum class How : uint8_t { Create, AppendAt };
  TarOutput(Tar& tar, How how, uint64_t offset = 0);
  void write(std::string_view bytes);
  /// The two zero blocks, the rest of the record, and how the child ended.
  void finish();
  uint64_t written() const { return written_; }
  bool is_archive(const Stat& st) const { return known_ && st.dev == stat_.dev && st.ino == stat_.ino; }

 private:
  void flush();
  Tar& tar_;
  int fd_ = 1;
  bool owned_ = false, known_ = false;
  TarChild child_;
  Stat stat_;
  std::string buffer_;
  uint64_t written_ = 0, base_ = 0;
};

/// The members of an archive in order.
class TarReader {
 public:
  TarReader(Tar& tar, TarInput& in) : tar_(tar), in_(in) {}
  /// The next member, its long names and extended headers applied; what was left of the data of the
  /// last one is passed over. False at the end.
  bool next(TarEntry& entry);
  /// The list of names that an incremental dump stored for this directory.
  std::string dumpdir(const TarEntry& entry);
  /// The next bytes stored for this member; "" at their end. Ends the run when the archive ends first.
  std::string_view data();
  uint64_t entry_offset() const { return start_; }     ///< of its first header block
  uint64_t end_offset() const { return end_; }         ///< of the zero block that ended it, or the end of the file

 private:
  bool header(TarEntry& entry);
  std::string long_text(uint64_t size);
  void sparse_map_in_data(TarEntry& entry);
  Tar& tar_;
  TarInput& in_;
  uint64_t left_ = 0, pad_ = 0, start_ = 0, end_ = 0;
  bool any_ = false, bad_ = false;
  std::map<std::string, std::string> global_;
};

void tar_create(Tar& tar);             ///< -c, -r, -u
void tar_list(Tar& tar);               ///< -t
void tar_extract(Tar& tar);            ///< -x
void tar_diff(Tar& tar);               ///< -d
void tar_verify(Tar& tar);             ///< -W, after a creation
void tar_delete(Tar& tar);             ///< --delete
void tar_concatenate(Tar& tar);        ///< -A
/// Where the end of an archive is that will be appended to; `seen` hears each member.
uint64_t tar_find_end(Tar& tar, const std::function<void(const TarEntry&)>& seen);

}  // namespace nacre
