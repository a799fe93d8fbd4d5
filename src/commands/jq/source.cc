/// The inputs of a run.
#include "commands/jq/source.h"

namespace nacre::jq {

Files::Files(Process& p, const Options& o) : p_(p), o_(o) {
  if (o.stream) stream_.emplace(o.seq, o.stream_errors);
  else json_.emplace(o.seq, o.slurp);
}

// The next file that can be opened. False at the end.
bool Files::open_next() {
  bool standard = o_.files.empty();
  while (index_ < (standard ? 1 : o_.files.size())) {
    std::string file = standard ? "-" : o_.files[index_];
    index_++;
    taken_ = 0;
    if (standard) {
      name_ = "<stdin>";
      in_ = std::make_unique<Input>(p_, 0, "-", false);
      return true;
    }
    auto fd = file == "-" ? Result<int>(0) : p_.open(file, kOpenRead);
    if (!fd) {
      write_error(p_, "jq: error: Could not open " + file + ": " + std::string(nacre::message(fd.error())) + "\n");
      failed_ = true;
      continue;
    }
    name_ = file == "-" ? "<stdin>" : file;
    lines_ = 0;
    in_ = std::make_unique<Input>(p_, *fd, file, *fd != 0);
    return true;
  }
  in_.reset();
  return false;
}

// Makes a block of input available after what was taken. False at the end of all.
bool Files::more() {
  while (in_ || open_next()) {
    began_ = true;
    in_->consume(taken_);
    taken_ = 0;
    std::string_view block = in_->block();
    if (!block.empty()) return true;
    if (in_->error() != Errno::OK) {
      write_error(p_, "jq: error: Could not read " + name_ + ": " + std::string(nacre::message(in_->error())) + "\n");
      failed_ = true;
    }
    in_.reset();
  }
  return false;
}

template <class R>
bool Files::feed(R& reader) {
  if (!more()) {
    reader.feed({});
    reader.finish();
    return false;
  }
  std::string_view block = in_->block();
  taken_ = block.size();
  reader.feed(block);
  return true;
}

template <class R>
Inputs::Next Files::from(R& reader, Value& v) {
  while (true) {
    switch (reader.next(v)) {
      case Read::Value: return Next::Value;
      case Read::More:
        if (all_read_) return Next::End;
        all_read_ = !feed(reader);
        break;
      case Read::End: return Next::End;
      case Read::Error:
        error_ = reader.error();
        if (o_.seq) {
          write_error(p_, "jq: ignoring parse error: " + error_ + "\n");
          reader.reset();
          break;
        }
        done_ = true;
        return Next::Error;
    }
  }
}

Inputs::Next Files::line(Value& v) {
  std::string text;
  bool any = false;
  while (more()) {
    std::string_view block = in_->block();
    size_t end = block.find('\n');
    any = true;
    text += block.substr(0, end);
    taken_ = end == block.npos ? block.size() : end + 1;
    if (end == block.npos) continue;
    lines_++;
    break;
  }
  if (!any) return Next::End;
  v = Value::string(is_valid_utf8(text) ? text : valid_utf8(text));
  return Next::Value;
}

Inputs::Next Files::all_text(Value& v) {
  done_ = true;
  std::string text;
  while (more()) {
    std::string_view block = in_->block();
    p_.check_memory(text.size() + block.size());
    text += block;
    taken_ = block.size();
  }
  v = Value::string(is_valid_utf8(text) ? text : valid_utf8(text));
  return Next::Value;
}

Inputs::Next Files::one(Value& v) {
  if (o_.raw_input) return line(v);
  return stream_ ? from(*stream_, v) : from(*json_, v);
}

Inputs::Next Files::slurped(Value& v) {
  Value all = Value::array(), x;
  Next n;
  while ((n = one(x)) == Next::Value) {
    p_.tick();
    all.push(std::move(x));
  }
  done_ = true;
  if (n == Next::Error) return n;
  v = std::move(all);
  return Next::Value;
}

Inputs::Next Files::next(Value& v) {
  if (done_) return Next::End;
  Next n = o_.slurp ? (o_.raw_input ? all_text(v) : slurped(v)) : one(v);
  if (n == Next::End) done_ = true;
  return n;
}

Value Files::file_name() { return name_.empty() || name_ == "<stdin>" ? Value::null() : Value::string(name_); }
size_t Files::line() { return o_.raw_input ? lines_ : stream_ ? stream_->lines() : json_->lines(); }

std::string Files::place() { return began_ ? name_ + ":" + std::to_string(line()) : "<unknown>"; }

}  // namespace nacre::jq
