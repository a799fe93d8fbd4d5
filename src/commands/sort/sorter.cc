#include "commands/sort/sorter.h"

#include <algorithm>
#include <cstring>

#include "base/count_byte.h"
#include "commands/quoting.h"
#include "commands/sort/words.h"

namespace nacre {
namespace {

constexpr size_t kFirstRun = 64 << 10, kLargestRun = 4 << 20, kSmallestRun = 4 << 10;
constexpr size_t kSlice = 256 << 10;
constexpr size_t kOpenTemporaries = 256;   // each holds a descriptor
constexpr uint32_t kLook = 2048;           // steps after which the kernel looks whether the run is to end

/// Whose head is least: each match is remembered by its loser, so that a new head of the winner
/// plays one match a round. Source: Knuth, TAOCP 5.4.1, "selection of losers".
template <class Less>
class Tournament {
 public:
  Tournament(std::vector<uint32_t> players, const Less& less)
      : less_(less), players_(players.size()), losers_(std::max<size_t>(1, players.size()), kNobody), id_(std::move(players)) {
    for (uint32_t i = 0; i < players_; i++) rise(i);
  }
  bool over() const { return players_ == retired_; }
  uint32_t winner() const { return id_[losers_[0]]; }
  /// The winner has another head.
  void play() { rise(losers_[0]); }
  /// The winner has none any more.
  void retire() {
    id_[losers_[0]] = kNobody;
    retired_++;
    rise(losers_[0]);
  }

 private:
  static constexpr uint32_t kNobody = UINT32_MAX;
  bool before(uint32_t a, uint32_t b) const { return id_[a] != kNobody && (id_[b] == kNobody || less_(id_[a], id_[b])); }
  // From its place at the bottom to where it loses; what beats it goes on. A free place ends it.
  void rise(uint32_t player) {
    for (size_t at = (player + losers_.size()) / 2; at > 0; at /= 2) {
      if (losers_[at] == kNobody) {
        losers_[at] = player;
        return;
      }
      if (before(losers_[at], player)) std::swap(losers_[at], player);
    }
    losers_[0] = player;
  }

  const Less& less_;
  size_t players_, retired_ = 0;
  std::vector<uint32_t> losers_;   // [0]: the winner
  std::vector<uint32_t> id_;
};

}  // namespace

void SortWriter::send(std::string_view s, const char* what) {
  if (s.empty()) return;
  auto done = p_.write(fd_, s);
  if (done) return;
  p_.warn(done.error(), "%s: %s", what, quote_name(p_, name_).c_str());
  if (fd_ == 1) p_.warn("write error");
  p_.exit(2);
}

void SortWriter::long_line(std::string_view s, char end) {
  send({buffer_.get(), std::exchange(used_, 0)}, "write failed");
  if (s.size() + 1 <= kBlockBytes) return line(s, end);
  send(s, "write failed");
  buffer_[used_++] = end;
}

void SortWriter::finish() { send({buffer_.get(), std::exchange(used_, 0)}, "fflush failed"); }

Sorter::Sorter(Process& p, SortPlan plan) : p_(p), plan_(std::move(plan)) {
  uint64_t memory = p.budget().limits().memory_bytes;
  buffer_ = plan_.buffer ? plan_.buffer : memory ? memory / 4 : 256 << 20;
  // A buffer that the sandbox could not hold would end the run instead of being spilled.
  if (memory) buffer_ = std::min(buffer_, memory / 2);
  run_text_ = std::clamp<size_t>(buffer_ / 8, kSmallestRun, kLargestRun);
}

Sorter::~Sorter() {
  p_.release_memory(run_.charged);
  for (const Run& r : runs_) p_.release_memory(r.charged);
}

// Opened before anything is read, emptied only when everything was.
void Sorter::prepare_output() {
  if (!plan_.output) return;
  auto opened = p_.open(*plan_.output, kOpenWrite | kOpenCreate);
  if (!opened) {
    p_.warn(opened.error(), "open failed: %s", quote_name(p_, *plan_.output).c_str());
    p_.exit(2);
  }
  out_ = *opened;
}

int Sorter::sort(const std::vector<std::string>& files) {
  prepare_output();
  for (const auto& f : files) read(f);
  if (run_.size) close_run(true);
  if (temporaries_.size() > plan_.batch) {
    if (!runs_.empty()) spill();
    reduce(temporaries_, plan_.batch);
  }
  std::vector<Source> sources;
  for (const Piece& t : temporaries_) sources.push_back(open(t));
  for (const Run& r : runs_) {
    sources.emplace_back();
    sources.back().at = r.lines.data();
    sources.back().end = r.lines.data() + r.lines.size();
  }
  merge_into_output(std::move(sources));
  return 0;
}

int Sorter::merge(const std::vector<std::string>& files) {
  prepare_output();
  std::vector<Piece> pieces;
  std::string target;
  if (plan_.output) target = p_.realpath(*plan_.output).value_or("");
  for (const auto& f : files) {
    Piece piece{f, -1};
    // An input that the output may be is set aside before it is emptied.
    if (plan_.output && (f == "-" || p_.realpath(f).value_or("?") == target))
      piece.temporary = merge_into_temporary([&] {
        std::vector<Source> one;
        one.push_back(open({f, -1}));
        return one;
      });
    pieces.push_back(std::move(piece));
  }
  reduce(pieces, plan_.batch);
  std::vector<Source> sources;
  for (const Piece& piece : pieces) sources.push_back(open(piece));
  merge_into_output(std::move(sources));
  return 0;
}

// ---------------------------------------------------------------- runs

void Sorter::begin_run(size_t capacity) {
  if (held_ && held_ + capacity > buffer_) spill();
  p_.charge_memory(capacity);
  run_ = Run();
  run_.charged = capacity;
  run_.text = make_buffer(capacity);
  run_.capacity = capacity;
  run_lines_ = 0;
}

void Sorter::read(const std::string& file) {
  auto opened = file == "-" ? Result<int>(0) : p_.open(file, kOpenRead);
  if (!opened) {
    p_.warn(opened.error(), "open failed: %s", quote_name(p_, file).c_str());
    p_.exit(2);
  }
  if (!run_.text) begin_run(std::min(kFirstRun, run_text_));
  for (;;) {
    // One byte is kept for the delimiter that the last line of a file may lack.
    if (run_.size + 1 >= run_.capacity || run_lines_ * sizeof(SortLine) >= 4 * run_text_) close_run();
    char* to = run_.text.get() + run_.size;
    auto n = p_.read(*opened, {to, std::min(run_.capacity - run_.size - 1, kSlice)});
    if (!n && n.error() == Errno::INTR) continue;
    if (!n) {
      p_.warn(n.error(), "read failed: %s", quote_name(p_, file).c_str());
      p_.exit(2);
    }
    if (*n == 0) break;
    run_.size += *n;
    run_lines_ += count_byte({to, *n}, plan_.end);
    p_.tick(static_cast<uint32_t>(1 + *n / 1024));
  }
  if (run_.size && run_.text[run_.size - 1] != plan_.end) {
    run_.text[run_.size++] = plan_.end;
    run_lines_++;
  }
  if (*opened > 2) (void)p_.close(*opened);
}

// A line longer than the run: more room, copied in slices between which the run can be ended.
void Sorter::widen_run() {
  size_t capacity = run_.capacity * 2;
  p_.charge_memory(capacity);
  run_.charged += capacity;
  Buffer wide = make_buffer(capacity);
  for (size_t at = 0; at < run_.size; at += kSlice) {
    std::memcpy(wide.get() + at, run_.text.get() + at, std::min(kSlice, run_.size - at));
    p_.tick(kLook);
  }
  run_.text = std::move(wide);
  run_.charged -= run_.capacity;
  p_.release_memory(run_.capacity);
  run_.capacity = capacity;
}

// Sorts what is complete; the line that is not begins the next run.
void Sorter::close_run(bool last_of_all) {
  if (run_lines_ == 0) return widen_run();
  size_t whole = run_.size;
  while (run_.text[whole - 1] != plan_.end) whole--;
  Run run = std::move(run_);
  run_.charged = 0;
  size_t bytes = run_lines_ * sizeof(SortLine);
  runs_.push_back(std::move(run));
  Run& last = runs_.back();
  p_.charge_memory(bytes);
  last.charged += bytes;
  std::string rest;
  size_t size = std::exchange(last.size, whole);
  sort_run(last);
  held_ += last.charged;
  if (last_of_all) return;
  rest.assign(last.text.get() + whole, size - whole);
  begin_run(std::max(std::min(last.capacity * 4, run_text_), rest.size() + kSmallestRun));
  std::memcpy(run_.text.get(), rest.data(), rest.size());
  run_.size = rest.size();
}

void Sorter::sort_run(Run& run) {
  run.lines.reserve(run_lines_);
  uint32_t count = 0;
  const char* limit = run.text.get() + run.size;
  for (const char* at = run.text.get(); at < limit;) {
    SortLine line;
    line.text = at;
    const char* stop = static_cast<const char*>(std::memchr(at, plan_.end, static_cast<size_t>(limit - at)));
    line.length = static_cast<size_t>(stop - at);
    plan_.keys.prepare(line);
    run.lines.push_back(line);
    at = stop + 1;
    if ((++count & 0x3ff) == 0) p_.tick(256);
  }
  auto by_keys = [&](const SortLine& a, const SortLine& b) {
    if ((++count & 0xfff) == 0) p_.tick(256);
    int c = plan_.keys.compare(a, b);
    // Equal lines keep their order, which is that of their text in memory.
    return c < 0 || (c == 0 && a.text < b.text);
  };
  if (plan_.keys.by_bytes()) sort_by_bytes(run.lines, plan_.keys.keys[0].reverse, [this](uint32_t n) { p_.tick(n); });
  else std::sort(run.lines.begin(), run.lines.end(), by_keys);
}

void Sorter::drop_runs() {
  while (!runs_.empty()) {
    p_.release_memory(runs_.back().charged);
    runs_.pop_back();
    p_.tick(kLook);
  }
  held_ = 0;
}

// ---------------------------------------------------------------- temporaries

int Sorter::create_temporary() {
  const std::string& dir = plan_.directories[next_directory_++ % plan_.directories.size()];
  constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (;;) {
    std::string path = dir + "/sort";
    for (uint64_t r = p_.random(), i = 0; i < 6; i++, r /= 62) path += kLetters[r % 62];
    auto fd = p_.open(path, kOpenReadWrite | kOpenCreate | kOpenExclusive, 0600);
    if (!fd && fd.error() == Errno::EXIST) continue;
    if (!fd) {
      p_.warn(fd.error(), "cannot create temporary file in %s", quote_file(p_, dir).c_str());
      p_.exit(2);
    }
    (void)p_.unlink(path);
    return *fd;
  }
}

int Sorter::start_compressor(bool reading, int temporary, int& pid) {
  std::vector<std::string> argv = {plan_.compress};
  if (reading) argv.push_back("-d");
  auto pipe = p_.pipe();
  if (pipe) {
    SpawnOptions options;
    options.stdin_fd = reading ? temporary : pipe->read_end;
    options.stdout_fd = reading ? pipe->write_end : temporary;
    options.close_fds = {pipe->read_end, pipe->write_end};
    auto child = p_.spawn(argv, options);
    if (child) {
      pid = *child;
      (void)p_.close(reading ? pipe->write_end : pipe->read_end);
      return reading ? pipe->read_end : pipe->write_end;
    }
    write_error(p_, "couldn't execute compress program: errno " + std::to_string(static_cast<int>(child.error())) + "\n");
  } else {
    p_.warn(pipe.error(), "couldn't create process for %s", plan_.compress.c_str());
  }
  p_.exit(2);
}

void Sorter::wait_compressor(int pid) {
  auto waited = p_.wait(pid);
  if (!waited || !*waited || (*waited)->status.shell_status() == 0) return;
  p_.warn("%s [-d] terminated abnormally", quote_file(p_, plan_.compress).c_str());
  p_.exit(2);
}

int Sorter::merge_into_temporary(const std::function<std::vector<Source>()>& sources) {
  // Its inputs are opened first: their programs must not inherit the pipe of the one that compresses.
  auto from = sources();
  int temporary = create_temporary(), pid = 0, fd = temporary;
  if (!plan_.compress.empty()) fd = start_compressor(false, temporary, pid);
  SortWriter out(p_, fd, "temporary file");
  merge_sources(std::move(from), [&](const SortLine& line) { out.line(line.view(), plan_.end); });
  out.finish();
  if (pid) {
    (void)p_.close(fd);
    wait_compressor(pid);
  }
  return temporary;
}

void Sorter::spill() {
  int fd = merge_into_temporary([&] {
    std::vector<Source> sources;
    for (const Run& r : runs_) {
      sources.emplace_back();
      sources.back().at = r.lines.data();
      sources.back().end = r.lines.data() + r.lines.size();
    }
    return sources;
  });
  drop_runs();
  temporaries_.push_back({"", fd});
  uint32_t limit = p_.fd_limit();
  size_t most = std::max<size_t>(2, limit ? std::min<size_t>(kOpenTemporaries, limit / 2) : kOpenTemporaries);
  if (temporaries_.size() >= most) reduce(temporaries_, most / 2);
}

// Neighbours are merged, so that equal lines stay in the order of the input.
void Sorter::reduce(std::vector<Piece>& pieces, size_t to) {
  while (pieces.size() > to) {
    std::vector<Piece> fewer;
    for (size_t i = 0; i < pieces.size();) {
      size_t n = std::min(plan_.batch, pieces.size() - i);
      if (n == 1 || fewer.size() + pieces.size() - i <= to) {
        fewer.push_back(pieces[i++]);
        continue;
      }
      int fd = merge_into_temporary([&] {
        std::vector<Source> sources;
        for (size_t k = i; k < i + n; k++) sources.push_back(open(pieces[k]));
        return sources;
      });
      // Read through a program, a temporary is not closed with its Input.
      for (size_t k = i; k < i + n && !plan_.compress.empty(); k++)
        if (pieces[k].temporary >= 0) (void)p_.close(pieces[k].temporary);
      fewer.push_back({"", fd});
      i += n;
    }
    pieces = std::move(fewer);
  }
}

// ---------------------------------------------------------------- merging

Sorter::Source Sorter::open(const Piece& piece) {
  Source source;
  int fd = piece.temporary;
  if (fd >= 0) {
    (void)p_.lseek(fd, 0, Whence::Set);
    if (!plan_.compress.empty()) fd = start_compressor(true, fd, source.pid);
  } else if (piece.file == "-") {
    fd = 0;
  } else {
    auto opened = p_.open(piece.file, kOpenRead);
    if (!opened) {
      p_.warn(opened.error(), "open failed: %s", quote_name(p_, piece.file).c_str());
      p_.exit(2);
    }
    fd = *opened;
  }
  source.in = std::make_unique<Input>(p_, fd, piece.file, fd > 2);
  return source;
}

bool Sorter::advance(Source& source) {
  if (!source.in) {
    if (source.at == source.end) return false;
    source.head = *source.at++;
    return true;
  }
  std::string_view text;
  if (source.in->next_line(text, plan_.end)) {
    source.head.text = text.data();
    source.head.length = text.size();
    plan_.keys.prepare(source.head);
    return true;
  }
  if (source.in->error() != Errno::OK) {
    p_.warn(source.in->error(), "read failed: %s", quote_name(p_, source.in->name()).c_str());
    p_.exit(2);
  }
  source.in.reset();
  if (source.pid) wait_compressor(std::exchange(source.pid, 0));
  return false;
}

void Sorter::merge_sources(std::vector<Source> sources, const std::function<void(const SortLine&)>& out) {
  const bool bytes = plan_.keys.by_bytes(), down = plan_.keys.keys[0].reverse;
  // Of equal lines, the earlier source's.
  auto less = [&](uint32_t a, uint32_t b) {
    const SortLine &x = sources[a].head, &y = sources[b].head;
    if (x.prefix != y.prefix) return x.prefix < y.prefix;
    if (bytes && x.second != y.second) return x.second < y.second;
    const int c = !bytes ? plan_.keys.compare(x, y) : down ? compare_behind_words(y, x) : compare_behind_words(x, y);
    return c < 0 || (c == 0 && a < b);
  };
  std::vector<uint32_t> live;
  for (uint32_t i = 0; i < sources.size(); i++)
    if (advance(sources[i])) live.push_back(i);
  Tournament heads(std::move(live), less);
  SortLine last;
  std::string held;
  bool any = false;
  uint32_t count = 0;
  while (!heads.over()) {
    Source& top = sources[heads.winner()];
    if (!plan_.keys.unique) {
      out(top.head);
    } else if (!any || plan_.keys.compare_keys(last, top.head) != 0) {
      out(top.head);
      last = top.head;
      any = true;
      if (top.in) {   // its text goes with the next line of that input
        held.assign(top.head.text, top.head.length);
        last.text = held.data();
      }
    }
    if (advance(top)) heads.play();
    else heads.retire();
    if ((++count & 0x3ff) == 0) p_.tick(512);
  }
}

void Sorter::merge_into_output(std::vector<Source> sources) {
  if (plan_.output) (void)p_.ftruncate(out_, 0);
  SortWriter out(p_, out_, plan_.output.value_or("standard output"));
  bool utf8 = p_.utf8();
  if (plan_.debug) merge_sources(std::move(sources), [&](const SortLine& line) { out.line(marked_line(plan_, line.view(), utf8), '\n'); });
  else merge_sources(std::move(sources), [&](const SortLine& line) { out.line(line.view(), plan_.end); });
  out.finish();
}

}  // namespace nacre
