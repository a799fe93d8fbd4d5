/// Sorter: what sort does once its options are read. Input is collected in runs of some
/// megabytes, each sorted as soon as it is full; when the runs fill the buffer (-S) they are
/// merged into a temporary, and in the end runs and temporaries are merged into the output.
/// A temporary has no name once it is open, so that nothing of it is left, however sort ends.
/// Ownership: one Sorter a process. Source: GNU coreutils 9 manual, "sort invocation".
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/sort/keys.h"
#include "commands/text_io.h"

namespace nacre {

struct SortPlan {
  SortKeys keys;
  char end = '\n';
  bool debug = false, has_keys = false;     ///< has_keys: lines are compared by more than their bytes
  std::optional<std::string> output;
  uint64_t buffer = 0;                      ///< bytes in memory; 0: a fraction of the budget
  size_t batch = 16;                        ///< inputs merged at once
  std::vector<std::string> directories;     ///< of temporaries, used in turn
  std::string compress;                     ///< program; "": none
};

/// Output with sort's own wording of errors; it ends the process on one.
class SortWriter {
 public:
  SortWriter(Process& p, int fd, std::string name) : p_(p), fd_(fd), name_(std::move(name)), buffer_(make_buffer(kBlockBytes)) {}
  void line(std::string_view s, char end) {
    if (s.size() + 1 > kBlockBytes - used_) return long_line(s, end);
    __builtin_memcpy(buffer_.get() + used_, s.data(), s.size());
    used_ += s.size();
    buffer_[used_++] = end;
  }
  void finish();

 private:
  void long_line(std::string_view s, char end);
  void send(std::string_view s, const char* what);
  Process& p_;
  int fd_;
  std::string name_;
  size_t used_ = 0;
  Buffer buffer_;
};

class Sorter {
 public:
  Sorter(Process& p, SortPlan plan);
  ~Sorter();
  int sort(const std::vector<std::string>& files);
  int merge(const std::vector<std::string>& files);

 private:
  struct Run {
    Buffer text;
    size_t size = 0, capacity = 0;
    uint64_t charged = 0;
    std::vector<SortLine> lines;
  };
  /// Sorted lines, in memory or read; `head` is the next one.
  struct Source {
    SortLine head;
    const SortLine *at = nullptr, *end = nullptr;
    std::unique_ptr<Input> in;
    int pid = 0;                            ///< what decompresses it
  };
  struct Piece {
    std::string file;
    int temporary = -1;                     ///< its descriptor; -1: `file` is to be opened
  };

  bool plain() const { return !plan_.has_keys; }
  void prepare_output();
  void read(const std::string& file);
  void begin_run(size_t capacity);
  void close_run(bool last_of_all = false);
  void widen_run();
  void sort_run(Run& run);
  void drop_runs();
  void spill();
  Source open(const Piece& piece);
  bool advance(Source& source);
  void merge_sources(std::vector<Source> sources, const std::function<void(const SortLine&)>& out);
  void merge_into_output(std::vector<Source> sources);
  int merge_into_temporary(const std::function<std::vector<Source>()>& sources);
  void reduce(std::vector<Piece>& pieces, size_t to);
  int create_temporary();
  int start_compressor(bool reading, int temporary, int& pid);
  void wait_compressor(int pid);

  Process& p_;
  SortPlan plan_;
  uint64_t buffer_, held_ = 0;
  size_t run_lines_ = 0, run_text_;
  size_t next_directory_ = 0;
  int out_ = 1;
  Run run_;
  std::vector<Run> runs_;
  std::vector<Piece> temporaries_;
};

/// --debug: what is said before, and the marks below a line.
void warn_sort_keys(Process& p, const SortPlan& plan, const SortKey& global);
std::string marked_line(const SortPlan& plan, std::string_view line, bool utf8);

}  // namespace nacre
