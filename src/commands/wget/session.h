/// WgetSession: the files of a run of wget, one after the other or with all that they link to.
#pragma once
#include <deque>
#include <set>

#include "commands/wget/download.h"
#include "commands/wget/filter.h"

namespace nacre {

class WgetSession {
 public:
  WgetSession(Process& p, HttpClient& client, WgetOptions& o) : p_(p), client_(client), o_(o), filter_(o) {}
  int run(const std::vector<std::string>& urls);

 private:
  /// What became of a URL.
  struct Got {
    int status = 0;
    std::string url;        ///< where redirections led
    std::string file;       ///< "" if nothing is there
    std::string plain = {}; ///< its name without what -E put behind it
    bool page = false, style = false;
  };
  struct Wanted {
    std::string url, referer;
    uint64_t depth;
    bool inlined;
  };

  void log(const std::string& text);
  void log_always(const std::string& text);
  int fail(int status, const std::string& text);
  bool open_files();

  Got one(const std::string& url, const std::string& referer);
  int set_up(HttpRequest& request, const std::string& referer);
  int attempts(const HttpRequest& request, Download& d, uint64_t have, Got& got);
  int exchange(HttpRequest r, Download& d, uint64_t have, bool& again, Got& got);
  int saved(const std::string& url, Download& d, Got& got);
  bool retries_status(int status) const;
  void date(const Download& d);
  void wait_between();
  bool quota_reached() const;

  // -- recursive.cc
  int tree(const std::string& start);
  PageLinks links_of(const std::string& file, const std::string& url, bool style);
  void keep_robots(const std::string& site, const std::string& text);
  bool robots_allow(const std::string& url);
  void convert_all();

  // -- cookies.cc
  void load_cookies();
  void save_cookies();

  Process& p_;
  HttpClient& client_;
  WgetOptions& o_;
  WgetFilter filter_;
  CookieJar jar_;
  bool looking_ = false;        ///< for the head of what may be newer
  int document_fd_ = -1, log_fd_ = 2;
  std::unique_ptr<Output> document_;
  uint64_t received_ = 0, fetched_ = 0;
  std::set<std::string> known_;                       ///< URLs that were asked for or are going to be
  std::map<std::string, RobotRules> robots_;          ///< by site
  std::map<std::string, std::string> files_;          ///< URL to file
  struct Page {
    std::string file, url;
    bool style;
    std::string plain = {};   ///< the name without what -E put behind it
  };
  std::vector<Page> pages_;                           ///< whose links are converted
  std::map<std::string, std::string> ports_;          ///< of hosts, where it is not the usual one
};

}  // namespace nacre
