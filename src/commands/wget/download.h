/// Download: one answer into a file.
#pragma once
#include <functional>
#include <memory>

#include "commands/curl/cookies.h"
#include "commands/curl/fetch.h"
#include "commands/text_io.h"
#include "commands/wget/local_name.h"

namespace nacre {

constexpr int kWgetGeneric = 1, kWgetParse = 2, kWgetFileError = 3, kWgetNetwork = 4, kWgetServer = 8;

class Download final : public HttpSink {
 public:
  /// `log`: hears lines of -S.
  Download(Process& p, const WgetOptions& o, CookieJar& jar, std::function<void(const std::string&)> log) : p_(p), o_(o), jar_(jar), log_(std::move(log)) {}
  ~Download() override { close(); }

  bool header(std::string_view line) override;
  bool body(std::string_view bytes) override;
  /// Opens the file, once. False after a message.
  bool start();
  void close();
  bool is_page() const { return type == "text/html" || type == "application/xhtml+xml"; }
  bool is_style() const { return type == "text/css"; }

  int status = 0;
  std::string status_line, location, length, type, modified, file;
  std::string plain;                ///< the name before -E put something behind it
  std::string suggested;            ///< by Content-Disposition
  CookiePlace place;                ///< of the request that is answered
  std::function<bool()> unwanted;   ///< asked before a file is written to: is it there already?
  bool omitted = false;
  bool fresh_name = false;          ///< a file of that name stays, and this gets a number
  Output* document = nullptr;       ///< -O
  Output* out = nullptr;
  uint64_t received = 0;
  bool failed = false;

 private:
  void settle_name();
  void make_room();

  Process& p_;
  const WgetOptions& o_;
  CookieJar& jar_;
  std::function<void(const std::string&)> log_;
  int fd_ = -1;
  std::string head_;
  std::unique_ptr<Output> own_;
};

/// Makes the directories above a file; a file that stands in their way goes.
void make_wget_directories(Process& p, const std::string& file);
/// A name that no file has: NAME, NAME.1, ...; before an ending that -E gave.
std::string unused_name(Process& p, const std::string& name, std::string_view ending = "");

}  // namespace nacre
