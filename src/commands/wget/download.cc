#include "commands/wget/download.h"

#include "algo/unicode.h"

namespace nacre {
namespace {

// filename="x" of a Content-Disposition, its last part; "" if there is none.
std::string file_name_of(std::string_view value) {
  for (size_t at = value.find(';'); at != value.npos; at = value.find(';', at + 1)) {
    std::string_view part = value.substr(at + 1);
    while (!part.empty() && ascii_space(part.front())) part.remove_prefix(1);
    constexpr std::string_view kName = "filename=";
    std::string head;
    for (char c : part.substr(0, kName.size())) head += ascii_lower(c);
    if (head != kName) continue;
    part.remove_prefix(kName.size());
    std::string name(part.starts_with('"') ? part.substr(1, part.find('"', 1) - 1) : part.substr(0, part.find_first_of("; \t")));
    while (!name.empty() && ascii_space(name.back())) name.pop_back();
    name = name.substr(name.find_last_of("/\\") + 1);
    return name == "." || name == ".." ? "" : name;
  }
  return "";
}

}  // namespace

void make_wget_directories(Process& p, const std::string& file) {
  for (size_t at = file.find('/', 1); at != file.npos; at = file.find('/', at + 1)) {
    const std::string dir = file.substr(0, at);
    if (p.mkdir(dir)) continue;
    if (auto st = p.lstat(dir); st && st->is_regular() && p.unlink(dir)) (void)p.mkdir(dir);
  }
}

std::string unused_name(Process& p, const std::string& name, std::string_view ending) {
  const bool ends = !ending.empty() && name.ends_with(ending);
  const std::string stem = ends ? name.substr(0, name.size() - ending.size()) : name, tail(ends ? ending : "");
  std::string out = name;
  for (int n = 1; p.stat(out); n++) out = stem + "." + std::to_string(n) + tail;
  return out;
}

bool Download::header(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    size_t at = line.find(' ');
    status_line = at == line.npos ? "" : std::string(line.substr(at + 1));
    while (!status_line.empty() && ascii_space(status_line.back())) status_line.pop_back();
    status = atoi(status_line.c_str());
    for (std::string* s : {&location, &length, &type, &modified, &suggested, &head_}) s->clear();
  }
  head_ += line;
  if (auto v = header_value(line, "Last-Modified")) modified = *v;
  if (auto v = header_value(line, "Set-Cookie"); v && !o_.no_cookies) jar_.set(*v, place, p_.now(Clock::Realtime).sec);
  if (auto v = header_value(line, "Location")) location = *v;
  if (auto v = header_value(line, "Content-Length")) length = *v;
  if (auto v = header_value(line, "Content-Disposition")) suggested = file_name_of(*v);
  if (auto v = header_value(line, "Content-Type")) {
    type.clear();
    for (char c : v->substr(0, v->find(';')))
      if (!ascii_space(c)) type += ascii_lower(c);
  }
  if (o_.server_response && !o_.quiet && line.size() > 2) {
    std::string_view text = line;
    while (!text.empty() && ascii_space(text.back())) text.remove_suffix(1);
    log_("  " + std::string(text) + "\n");
  }
  return true;
}

bool Download::body(std::string_view bytes) {
  if (status >= 300 && !(status >= 400 && o_.keep_errors)) return true;
  if (unwanted && unwanted()) return omitted = true, false;
  if (!start()) return false;
  received += bytes.size();
  out->write(bytes);
  return true;
}

// What the head of the answer says about the name.
void Download::settle_name() {
  if (o_.disposition && !suggested.empty()) {
    const size_t slash = file.rfind('/');
    file = o_.with_directories() && slash != file.npos ? file.substr(0, slash + 1) + suggested : o_.prefix.empty() ? suggested : o_.prefix + "/" + suggested;
    if (fresh_name) file = unused_name(p_, file);
  }
  if (!o_.adjust || status >= 400) return;
  const char* ending = is_page() ? ".html" : is_style() ? ".css" : "";
  const std::string longer = with_extension(file, ending);
  if (longer == file) return;
  plain = file;
  file = longer;
  if (fresh_name) file = unused_name(p_, file, ending);
}

// Of what is there already: --backups, --unlink.
void Download::make_room() {
  for (uint64_t n = std::min<uint64_t>(o_.backups, 100000); n > 0; n--) {
    const std::string from = n == 1 ? file : file + "." + std::to_string(n - 1);
    if (p_.lstat(from)) (void)p_.rename(from, file + "." + std::to_string(n));
  }
  if (o_.unlink && status != 206) (void)p_.unlink(file);
}

bool Download::start() {
  if (out) return true;
  if (document) {
    out = document;
  } else {
    settle_name();
    make_room();
    make_wget_directories(p_, file);
    auto made = p_.open(file, kOpenWrite | kOpenCreate | kOpenCloexec | (status == 206 ? kOpenAppend : kOpenTruncate));
    if (!made) {
      write_error(p_, file + ": " + std::string(message(made.error())) + "\n\nCannot write to ‘" + file + "’ (Success).\n");
      failed = true;
      return false;
    }
    fd_ = *made;
    own_ = std::make_unique<Output>(p_, fd_, kWgetFileError);
    out = own_.get();
  }
  if (o_.save_headers) out->write(head_);
  return true;
}

void Download::close() {
  if (own_) own_->flush();
  own_.reset();
  if (fd_ >= 0) (void)p_.close(fd_);
  fd_ = -1;
  out = nullptr;
}

}  // namespace nacre
