/// answer: where what curl receives goes, and one answer on its way there.
/// Source: curl(1) 7.88, -o, -J, -C, -z, --max-filesize.
#pragma once
#include <functional>
#include <memory>

#include "algo/http_date.h"
#include "algo/unicode.h"
#include "commands/curl/cookies.h"
#include "commands/curl/fetch.h"
#include "commands/curl/options.h"
#include "commands/text_io.h"

namespace nacre::curl {

constexpr int kWriteError = 23;

/// Where a body goes: standard output, or a file that is made when it is first needed.
class Target {
 public:
  Target(Process& p, std::string file, const Options& o) : p_(p), file_(std::move(file)), make_dirs_(o.create_dirs), silent_(o.silent), clobber_(o.clobber) {}
  /// What comes goes behind what is there.
  bool append = false;
  /// A name that the server gives: no file may have it.
  void rename(const std::string& name) {
    if (out_) return;
    file_ = name;
    exclusive_ = true;
  }
  const std::string& file() const { return file_; }
  ~Target() {
    out_.reset();
    if (fd_ > 2) (void)p_.close(fd_);
  }
  bool open() {
    if (out_) return true;
    fd_ = 1;
    if (!file_.empty() && file_ != "-") {
      if (make_dirs_)
        for (size_t at = file_.find('/', 1); at != file_.npos; at = file_.find('/', at + 1)) (void)p_.mkdir(file_.substr(0, at));
      const std::string wanted = file_;
      auto fd = p_.open(file_, flags());
      for (int n = 1; !fd && fd.error() == Errno::EXIST && !exclusive_ && !clobber_ && n <= 100; n++)
        fd = p_.open(file_ = wanted + "." + std::to_string(n), flags());
      if (!fd) {
        if (!silent_) write_error(p_, "Warning: Failed to open the file " + file_ + ": " + std::string(message(fd.error())) + "\n");
        return false;
      }
      fd_ = *fd;
    }
    out_ = std::make_unique<Output>(p_, fd_, kWriteError);
    return true;
  }
  bool write(std::string_view s) {
    if (!open()) return false;
    out_->write(s);
    return true;
  }
  void flush() {
    if (out_) out_->flush();
  }
  bool is_file() const { return !file_.empty() && file_ != "-"; }
  bool opened() const { return out_ != nullptr; }

 private:
  uint32_t flags() const {
    return kOpenWrite | kOpenCreate | kOpenCloexec | (append ? kOpenAppend : exclusive_ || !clobber_ ? uint32_t{kOpenExclusive} : uint32_t{kOpenTruncate});
  }
  Process& p_;
  std::string file_;
  bool make_dirs_, silent_, clobber_, exclusive_ = false;
  int fd_ = -1;
  std::unique_ptr<Output> out_;
};

/// One answer on its way out.
class Answer final : public HttpSink {
 public:
  Answer(Process& p, const Options& o, Target& target, Target* head_target, CookieJar* jar)
      : p_(p), o_(o), target_(target), head_target_(head_target), jar_(jar) {}

  bool header(std::string_view line) override {
    if (line.starts_with("HTTP/")) {
      size_t at = line.find(' ');
      status = at == line.npos ? 0 : atoi(std::string(line.substr(at + 1, 3)).c_str());
      for (std::string* s : {&location, &modified, &length}) s->clear();
    }
    if (auto v = header_value(line, "Last-Modified")) modified = *v;
    if (auto v = header_value(line, "Content-Length")) length = *v;
    if (auto v = header_value(line, "ETag"); v && etag) *etag = *v;
    if (auto v = header_value(line, "Content-Disposition"); v && named_by_server && status < 300)
      if (const std::string name = suggested_name(*v); !name.empty()) target_.rename((o_.output_dir.empty() ? "" : o_.output_dir + "/") + name);
    if (auto v = header_value(line, "Location"); v && location.empty()) location = *v;
    if (auto v = header_value(line, "Set-Cookie"); v && jar_) jar_->set(*v, place, p_.now(Clock::Realtime).sec);
    if (auto v = header_value(line, "Retry-After")) retry_after = atol(std::string(*v).c_str());
    if (o_.verbose) write_error(p_, "< " + std::string(line));
    if (head_target_ && !head_target_->write(line)) return write_failed = true, false;
    if (head_target_ && !head_target_->is_file()) head_target_->flush();
    failed = o_.fail && status >= 400;
    if (failed && line.size() <= 2 && !o_.include) return false;
    if (o_.include && !target_.write(line)) return write_failed = true, false;
    return line.size() > 2 || head_is_fine();
  }

  bool body(std::string_view bytes) override {
    if (resume && status == 416) return true;   // there is nothing more
    if (failed || o_.head || unmet) return false;   // -I -X GET: a body comes all the same
    if (o_.location && status >= 300 && status < 400 && !location.empty()) return true;
    if (target_.write(bytes)) {
      if (!target_.is_file()) target_.flush();
      return true;
    }
    write_failed = true;
    return false;
  }

  int status = 0;
  std::string location;
  CookiePlace place;   ///< of the request that is answered
  long retry_after = 0;
  std::string modified, length;
  std::string* etag = nullptr;      ///< where the last ETag is told
  bool named_by_server = false;     ///< -J
  uint64_t resume = 0;              ///< from this byte on
  std::function<bool(int64_t)> newer;   ///< of -z: is this time wanted? null: there is no condition
  bool unmet = false;               ///< what -z asks for
  int refused = 0;                  ///< curl's number of what is wrong with the head
  bool failed = false, write_failed = false;

 private:
  // At the end of a head; false ends the transfer.
  bool head_is_fine() {
    if (status < 200 || (o_.location && status >= 300 && status < 400 && !location.empty())) return true;
    if (resume && status == 200) return refused = 33, false;
    if (o_.max_size && strtoull(length.c_str(), nullptr, 10) > o_.max_size) return refused = 63, false;
    if (newer && status == 200 && !modified.empty())
      if (const auto time = parse_http_date(modified); time && !newer(*time)) unmet = true;
    if (newer && status == 304) unmet = true;
    return true;
  }

  // The last part of filename=x.
  static std::string suggested_name(std::string_view value) {
    for (size_t at = value.find(';'); at != value.npos; at = value.find(';', at + 1)) {
      std::string_view part = value.substr(at + 1);
      while (!part.empty() && ascii_space(part.front())) part.remove_prefix(1);
      constexpr std::string_view kName = "filename=";
      if (lower(part.substr(0, kName.size()), false) != kName) continue;
      part.remove_prefix(kName.size());
      std::string name(part.starts_with('"') ? part.substr(1, part.find('"', 1) - 1) : part.substr(0, part.find(';')));
      while (!name.empty() && ascii_space(name.back())) name.pop_back();
      name = name.substr(name.find_last_of("/\\") + 1);
      return name == "." || name == ".." ? "" : name;
    }
    return "";
  }

  Process& p_;
  const Options& o_;
  Target &target_, *head_target_;
  CookieJar* jar_;
};

}  // namespace nacre::curl
