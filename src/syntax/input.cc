#include "syntax/input.h"

#include <algorithm>
#include <cstring>

#include "base/run_watch.h"
#include "syntax/chars.h"

namespace nacre {

void ScriptInput::begin_command(Arena& arena) {
  arena_ = &arena;
  data_ = nullptr;
  size_ = capacity_ = 0;
  for (Frame& f : frames_) f.rest = arena.copy(f.kept);
  append(kept_);
}

void ScriptInput::end_command(uint32_t pos) {
  base_ += pos;
  kept_.assign(data_ + pos, size_ - pos);
  for (Frame& f : frames_) f.kept = f.rest;
  // No look at the old arena from here on.
  data_ = nullptr;
  size_ = capacity_ = 0;
  for (Frame& f : frames_) f.rest = f.kept;
}

void ScriptInput::append(std::string_view s) {
  if (size_ + s.size() + 1 > capacity_ || !data_) {
    size_t want = size_ + s.size() + 1;
    size_t room = size_ == 0 ? want : want * 2;
    char* grown = static_cast<char*>(arena_->allocate(room, 1));
    if (size_) std::memcpy(grown, data_, size_);
    data_ = grown;
    capacity_ = static_cast<uint32_t>(room);
  }
  if (!s.empty() && std::memchr(s.data(), 0, s.size())) {
    for (char c : s)
      if (c) data_[size_++] = c;
  } else if (!s.empty()) {
    // Megabytes are copied in pieces; where the run has to end, the rest is not wanted.
    constexpr size_t kPiece = 256 << 10;
    for (; !s.empty(); s.remove_prefix(std::min(kPiece, s.size()))) {
      const size_t n = std::min(kPiece, s.size());
      std::memcpy(data_ + size_, s.data(), n);
      size_ += static_cast<uint32_t>(n);
      if (s.size() > kPiece && should_stop()) break;
    }
  }
  data_[size_] = 0;
}

void ScriptInput::hooked(bool quoted) {
  using Place = LineHook::Place;
  hook->line_read(line_, here_document ? Place::HereDocument : quoted ? Place::Quoted : continuation ? Place::More : Place::First);
}

bool ScriptInput::pull(bool quoted) {
  uint32_t before = size_;
  while (size_ == before) {
    if (!frames_.empty()) {
      if (!pop_frame(quoted)) continue;
      return true;
    }
    if (source_) {
      line_.clear();
      if (!source_->next_line(line_, continuation)) return false;
      if (hook && hook->wanted()) hooked(quoted);
      append(line_);
      continue;
    }
    if (text_pos_ == text_.size()) return false;
    std::string_view rest = text_.substr(text_pos_);
    const void* newline = std::memchr(rest.data(), '\n', rest.size());
    size_t n = newline ? static_cast<const char*>(newline) - rest.data() + 1 : rest.size();
    text_pos_ += n;
    if (hook && hook->wanted()) {
      line_ = rest.substr(0, n);
      hooked(quoted);
      append(line_);
    } else {
      append(rest.substr(0, n));
    }
  }
  return true;
}

// The end of an alias text. Unless it stands in quotes or ends in a separator a
// blank is given first, so that the last word of the text is complete while the
// alias still counts as being expanded.
bool ScriptInput::pop_frame(bool quoted) {
  Frame& f = frames_.back();
  if (!f.separated && !f.popped && !quoted && !is_class(f.last, kMeta) && f.last != '\\') {
    f.separated = true;
    append(" ");
    return true;
  }
  if (!f.popped) {
    f.popped = true;
    f.name.clear();
    expand_next_ = f.expand_next;
  }
  // Piece by piece: another alias may follow soon, and then what was pulled is
  // pushed back.
  size_t n = std::min<size_t>(f.rest.size(), 512);
  append(f.rest.substr(0, n));
  f.rest.remove_prefix(n);
  if (f.rest.empty()) frames_.pop_back();
  return n > 0;
}

void ScriptInput::push_alias(std::string_view name, std::string_view text, uint32_t pos) {
  Frame f;
  f.name = name;
  f.rest = view(pos, size_);
  f.last = text.empty() ? ' ' : text.back();
  f.expand_next = !text.empty() && is_class(text.back(), kBlank);
  frames_.push_back(std::move(f));
  base_ += pos;
  data_ = nullptr;
  size_ = capacity_ = 0;
  append(text);
}

bool ScriptInput::expanding(std::string_view name) const {
  for (const Frame& f : frames_)
    if (f.name == name) return true;
  return false;
}

size_t ScriptInput::position(uint32_t pos) const {
  size_t unread = size_ > pos ? size_ - pos : 0;
  if (!data_) unread = kept_.size();
  for (const Frame& f : frames_) unread += f.rest.size();
  return unread > text_pos_ ? 0 : text_pos_ - unread;
}

uint32_t ScriptInput::discard_line(uint32_t pos) {
  frames_.clear();
  expand_next_ = false;
  while (pos < size_ && data_[pos] != '\n') pos++;
  return pos < size_ ? pos + 1 : pos;
}

}  // namespace nacre
