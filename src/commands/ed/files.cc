#include <algorithm>

#include "commands/capture.h"
#include "commands/ed/editor.h"

namespace nacre {

void Editor::report(int64_t bytes) {
  if (!o_.script) out_.format("%lld\n", static_cast<long long>(bytes));
}

// The rest of the line is a name; without one, the remembered file's.
Editor::Error Editor::file_name(std::string& name) {
  if (at_ < line_.size() && line_[at_] != ' ' && line_[at_] != '\t') return "Unexpected command suffix";
  blanks();
  name = line_.substr(at_);
  at_ = line_.size();
  if (name.starts_with('!')) {
    if (o_.restricted) return "Shell access restricted";
    std::string command = name.substr(1);
    if (Error e = shell_line(command)) return e;
    name = "!" + command;
    return nullptr;
  }
  if (o_.restricted && (name == ".." || name.find('/') != std::string::npos)) return "Directory access restricted";
  if (name.empty()) {
    if (file_.empty()) return "No current filename";
    name = file_;
  }
  return nullptr;
}

Editor::Error Editor::read_file(const std::string& name, size_t after, int64_t& size) {
  std::string text;
  if (name.starts_with('!')) {
    out_.flush();
    text = capture_command(p_, name.substr(1));
  } else {
    auto fd = p_.open(name, kOpenRead);
    auto st = fd ? p_.fstat(*fd) : Result<Stat>(Errno::NOENT);
    if (!fd || (st && st->is_dir())) {
      out_.flush();
      if (!o_.quiet) write_error(p_, name + ": " + std::string(message(fd ? Errno::ISDIR : fd.error())) + "\n");
      if (fd) (void)p_.close(*fd);
      return "Cannot open input file";
    }
    Input in(p_, *fd, name);
    text = in.all();
    if (in.error() != Errno::OK) return "Cannot read input file";
  }
  if (text.find('\0') != std::string::npos) binary_ = true;
  std::vector<EdBuffer::Line> lines;
  size_t stripped = 0;
  bool open_end = !text.empty() && text.back() != '\n';
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    size_t length = end - at;
    if (o_.strip_cr && length > 0 && text[end - 1] == '\r') {
      length--;
      stripped++;
    }
    lines.push_back(buffer_.make(text.substr(at, length)));
    at = end + 1;
    p_.tick();
  }
  size = static_cast<int64_t>(text.size() - stripped);
  if (open_end && !binary_) {
    out_.write("Newline appended\n");
    size++;
  }
  newline_added_ = open_end && binary_;
  size_t count = lines.size();
  if (count > 0) buffer_.insert(after, std::move(lines));
  current_ = after + count;
  if (file_.empty() && !name.starts_with('!')) file_ = name;
  return nullptr;
}

Editor::Error Editor::write_file(const std::string& name, size_t first, size_t last, bool append, int64_t& size) {
  std::string text;
  for (size_t n = first; n <= last && n > 0; n++) {
    text += buffer_.text(n);
    // A binary file keeps its open end.
    if (n < buffer_.size() || !newline_added_) text += '\n';
    p_.tick();
  }
  size = static_cast<int64_t>(text.size());
  if (name.starts_with('!')) {
    out_.flush();
    ShellPipe pipe = open_shell_pipe(p_, name.substr(1), false);
    if (pipe.fd < 0) return "Cannot open output file";
    p_.set_action(kSigPIPE, SignalAction::Ignore);
    auto done = p_.write(pipe.fd, text);
    p_.set_action(kSigPIPE, SignalAction::Default);
    (void)close_shell_pipe(p_, pipe);
    return done ? nullptr : "Cannot write file";
  }
  auto fd = p_.open(name, kOpenWrite | kOpenCreate | static_cast<uint32_t>(append ? kOpenAppend : kOpenTruncate));
  if (!fd) {
    out_.flush();
    if (!o_.quiet) write_error(p_, name + ": " + std::string(message(fd.error())) + "\n");
    return "Cannot open output file";
  }
  auto done = p_.write(*fd, text);
  (void)p_.close(*fd);
  return done ? nullptr : "Cannot write file";
}

bool Editor::open(const std::string& file) {
  int64_t size = 0;
  Error e = read_file(file, 0, size);
  if (!file.starts_with('!')) file_ = file;
  buffer_.clear_undo();
  buffer_.modified = false;
  if (!e) {
    report(size);
    return true;
  }
  // A file that is not there yet is no failure.
  auto st = p_.stat(file);
  if (st || file.starts_with('!')) {
    message_ = e;
    failed_ = true;
    out_.write("?\n");
  }
  return true;
}

Editor::Error Editor::edit_file(bool force) {
  if (addresses_ > 0) return "Unexpected address";
  if (!force && buffer_.modified && !warned_) {
    warned_ = true;
    return "Warning: buffer modified";
  }
  std::string name;
  if (Error e = file_name(name)) return e;
  if (buffer_.size() > 0) buffer_.erase(1, buffer_.size());
  current_ = 0;
  binary_ = newline_added_ = false;
  int64_t size = 0;
  Error e = read_file(name, 0, size);
  buffer_.clear_undo();
  buffer_.modified = false;
  if (!name.starts_with('!')) file_ = name;
  if (e) return e;
  report(size);
  return nullptr;
}

Editor::Error Editor::quit(Next& next) {
  if (addresses_ > 0) return "Unexpected address";
  if (Error e = suffix(false)) return e;
  if (buffer_.modified && !warned_) {
    warned_ = true;
    return "Warning: buffer modified";
  }
  next = Next::Quit;
  return nullptr;
}

Editor::Error Editor::file_command(char c, Next& next) {
  switch (c) {
    case 'e':
    case 'E': return edit_file(c == 'E');
    case 'f': {
      if (addresses_ > 0) return "Unexpected address";
      if (at_ < line_.size() && line_[at_] != ' ' && line_[at_] != '\t') return "Unexpected command suffix";
      std::string name;
      if (Error e = file_name(name)) return e;
      if (name.starts_with('!')) return "Invalid redirection";
      file_ = name;
      out_.line(file_);
      return nullptr;
    }
    case 'q': return quit(next);
    case 'Q':
      if (addresses_ > 0) return "Unexpected address";
      if (Error e = suffix(false)) return e;
      next = Next::Quit;
      return nullptr;
    default: break;
  }
  bool leave = look() == 'q';
  if (leave) at_++;
  std::string name;
  if (Error e = file_name(name)) return e;
  if (addresses_ == 0) {
    first_ = std::min<size_t>(1, buffer_.size());
    second_ = buffer_.size();
  } else if (first_ == 0) {
    return "Invalid address";
  }
  int64_t size = 0;
  if (Error e = write_file(name, first_, second_, c == 'W', size)) return e;
  if (!name.starts_with('!') && file_.empty()) file_ = name;
  report(size);
  if (second_ == buffer_.size() && first_ <= 1) buffer_.modified = false;
  if (leave) next = Next::Quit;
  return nullptr;
}

// % is the file's name, ! at the beginning the last command.
Editor::Error Editor::shell_line(std::string& line) {
  std::string out;
  bool replaced = false;
  size_t i = 0;
  if (line.starts_with('!')) {
    if (shell_command_.empty()) return "No previous command";
    out = shell_command_;
    replaced = true;
    i = 1;
  }
  for (; i < line.size(); i++) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '%') {
      out += line[++i];
    } else if (line[i] == '%') {
      if (file_.empty()) return "No current filename";
      out += file_;
      replaced = true;
    } else {
      out += line[i];
    }
  }
  shell_command_ = out;
  if (replaced) out_.line(out);
  line = out;
  return nullptr;
}

Editor::Error Editor::shell() {
  if (o_.restricted) return "Shell access restricted";
  std::string line = line_.substr(at_);
  at_ = line_.size();
  if (!escaped_lines(line)) return "Unexpected end-of-file";
  if (Error e = shell_line(line)) return e;
  out_.flush();
  in_.give_back();
  (void)p_.run({"/bin/sh", "-c", line});
  if (!o_.script) out_.write("!\n");
  return nullptr;
}

}  // namespace nacre
