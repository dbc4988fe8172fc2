#ifndef KECHUANG_COMMON_REGISTER_PLACE_H_
#define KECHUANG_COMMON_REGISTER_PLACE_H_

#include <atomic>

namespace kechuang {

// One of the places for calls of a kind that only so many may make at once, held while it lives.
class Place {
 public:
  // in_use counts the places of this kind that are held or asked for; it must outlive the place.
  Place(std::atomic<int>& in_use, int most) : in_use_(in_use), taken_(in_use.fetch_add(1) < most) {}
  ~Place() { in_use_.fetch_sub(1); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  // False if all places were held.
  bool taken() const { return taken_; }

 private:
  std::atomic<int>& in_use_;
  const bool taken_;
};

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_PLACE_H_
