// SedRunner: the files that it reads and writes.
#include <algorithm>
#include <cstring>
#include <utility>

#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/sed/runner.h"

namespace nacre {

// ---- input

// Where files are separate, each is edited as if it were the only one.
void SedRunner::begin_anew() {
  line_ = 0;
  hold_.clear();
  std::erase_if(line_files_, [](const auto& f) { return f.second->fd() != 0; });
  for (auto& c : s_.commands) {
    c.active = c.first.kind == SedAddress::Zero && c.second.kind != SedAddress::None;
    c.closed = false;
  }
}

// What a name leads to; a link that leads nowhere is the end.
std::string SedRunner::followed(std::string name) {
  for (int links = 0; name != "-"; links++) {
    auto st = p_.lstat(name);
    if (st && !st->is_symlink()) break;
    auto target = st && links < 40 ? p_.readlink(name) : Result<std::string>(st ? Errno::LOOP : st.error());
    if (!target) {
      main_sink().out->flush();
      const char* what = target.error() == Errno::LOOP ? "couldn't follow symlink" : "couldn't readlink";
      p_.warn("%s %s: %s", what, name.c_str(), std::string(message(target.error())).c_str());
      p_.exit(4);
    }
    name = target->starts_with('/') ? *target : join_path(dir_name(name) == "." && !name.starts_with("./") ? "" : dir_name(name), *target);
  }
  return name;
}

// Opens the next file that can be read; false when there is none.
bool SedRunner::open_next() {
  while (file_ < files_.size()) {
    if (o_.separate || o_.in_place) begin_anew();
    const std::string name = o_.follow_links ? followed(files_[file_++]) : files_[file_++];
    if (name == "-" && !o_.in_place) {
      in_ = standard_input();
      if (o_.unbuffered) in_->set_unbuffered();
      in_name_ = "-";
      return true;
    }
    auto st = p_.stat(name);
    if (st && o_.in_place && !st->is_regular()) {
      p_.warn("couldn't edit %s: not a regular file", name.c_str());
      status_ = 4;
      continue;
    }
    auto fd = p_.open(name, kOpenRead);
    if (!fd) {
      p_.warn("can't read %s: %s", name.c_str(), std::string(message(fd.error())).c_str());
      status_ = 2;
      continue;
    }
    in_ = std::make_unique<Input>(p_, *fd, name);
    in_name_ = name;
    if (st && st->is_dir()) {
      if (o_.in_place) p_.warn("couldn't edit %s: not a regular file", name.c_str());
      else {
        main_sink().out->flush();
        p_.warn("read error on %s: Is a directory", name.c_str());
        p_.exit(4);
      }
      status_ = 4;
      in_.reset();
      continue;
    }
    if (o_.in_place) {
      temporary_ = join_path(dir_name(name), "sed" + std::to_string(p_.random() % 1000000));
      auto out = p_.open(temporary_, kOpenWrite | kOpenCreate | kOpenTruncate, st ? st->mode : 0666);
      if (!out) {
        p_.warn("couldn't open temporary file %s: %s", temporary_.c_str(), std::string(message(out.error())).c_str());
        p_.exit(4);
      }
      if (st) (void)p_.chmod(temporary_, st->mode);
      current_out_ = std::make_unique<Sink>();
      current_out_->out = std::make_unique<Output>(p_, *out, 4);
      current_out_->name = std::to_string(*out);
    }
    return true;
  }
  return false;
}

void SedRunner::close_current() {
  if (in_ && in_->error() != Errno::OK) {
    p_.warn("read error on %s: %s", in_name_.c_str(), std::string(message(in_->error())).c_str());
    status_ = 2;
  }
  in_.reset();
  if (!current_out_) return;
  current_out_->out->flush();
  (void)p_.close(std::stoi(current_out_->name));
  current_out_.reset();
  std::string target = in_name_;
  if (!o_.in_place->empty()) {
    std::string backup;
    std::string base(base_name(target));
    if (o_.in_place->find('*') == std::string::npos) {
      backup = base + *o_.in_place;
    } else {
      for (char c : *o_.in_place) backup += c == '*' ? base : std::string(1, c);
    }
    if (backup.find('/') == std::string::npos) backup = join_path(dir_name(target), backup);
    if (auto done = p_.rename(target, backup); !done) {
      p_.warn("cannot rename %s: %s", target.c_str(), std::string(message(done.error())).c_str());
      (void)p_.unlink(temporary_);
      p_.exit(4);
    }
  }
  if (auto done = p_.rename(temporary_, target); !done) {
    p_.warn("cannot rename %s: %s", temporary_.c_str(), std::string(message(done.error())).c_str());
    status_ = 4;
  }
}

bool SedRunner::read_line(std::string& into) {
  for (;;) {
    if (!in_ && !open_next()) return false;
    std::string_view line;
    if (in_->next_line(line, o_.delimiter)) {
      into.append(line);
      terminated_ = in_->terminated();
      line_++;
      return true;
    }
    close_current();
  }
}

// Whether the line just read is the last one; opens the next file if that decides it.
bool SedRunner::is_last() {
  if (!in_) return file_ >= files_.size();
  if (in_->more()) return false;
  if (o_.separate || o_.in_place) return true;
  while (!in_->more()) {
    if (file_ >= files_.size()) return true;
    close_current();
    if (!open_next()) {
      in_name_ = files_.back();   // which could not be read
      return true;
    }
  }
  return false;
}

std::shared_ptr<Input> SedRunner::standard_input() {
  if (!stdin_) stdin_ = std::make_shared<Input>(p_, 0, "-", false);
  return stdin_;
}

// ---- output

void SedRunner::write_text(Sink& sink, std::string_view text) {
  if (sink.owes_newline) {
    sink.out->put(o_.delimiter);
    sink.owes_newline = false;
  }
  sink.out->write(text);
}

// The text of c and i: its last newline is the delimiter of lines.
void SedRunner::write_given(std::string_view text) {
  if (text.empty()) return;
  write_text(main_sink(), text.substr(0, text.size() - 1));
  main_sink().out->put(o_.delimiter);
}

void SedRunner::write_line(Sink& sink, std::string_view text, bool newline) {
  write_text(sink, text);
  if (newline) sink.out->put(o_.delimiter);
  else sink.owes_newline = true;
  if (o_.unbuffered || sink.out != main_sink().out) sink.out->flush();
}

// The first line of the pattern space; where that is all, it ends as the input did.
void SedRunner::write_first(Sink& sink) {
  const size_t end = space_.find(o_.delimiter);
  write_line(sink, std::string_view(space_).substr(0, end), end != std::string::npos || terminated_);
}

void SedRunner::append_file(const std::string& file) {
  Input* in = nullptr;
  std::unique_ptr<Input> own;
  if (file == "/dev/stdin") {
    own = std::make_unique<Input>(p_, 0, "-", false);
    in = own.get();
  } else {
    auto fd = p_.open(file, kOpenRead);
    if (!fd) return;   // a file that cannot be read is as if it were empty
    own = std::make_unique<Input>(p_, *fd, file);
    in = own.get();
  }
  for (std::string_view block = in->block(); !block.empty(); block = in->block()) {
    write_text(main_sink(), block);
    in->consume(block.size());
  }
}

// R: the line is read now and written at the end of the cycle.
void SedRunner::queue_line_of(const std::string& file) {
  auto found = std::find_if(line_files_.begin(), line_files_.end(), [&](const auto& f) { return f.first == file; });
  if (found == line_files_.end()) {
    const bool standard = file == "/dev/stdin";
    auto fd = standard ? Result<int>(0) : p_.open(file, kOpenRead);
    if (!fd) return;
    found = line_files_.insert(found, {file, standard ? standard_input() : std::make_shared<Input>(p_, *fd, file)});
  }
  std::string_view line;
  if (!found->second->next_line(line, o_.delimiter)) return;
  appended_.push_back({'a', std::string(line)});
  if (found->second->terminated()) appended_.back().text += o_.delimiter;
}

void SedRunner::end_cycle(bool print) {
  if (print && !o_.quiet) write_line(main_sink(), space_, terminated_);
  for (auto& a : appended_) {
    if (a.kind == 'a') {
      write_text(main_sink(), a.text);
    } else if (a.kind == 'r') {
      write_text(main_sink(), "");   // a last line that lacks its newline gets it, even with nothing to follow
      append_file(a.text);
    }
  }
  appended_.clear();
}

}  // namespace nacre
