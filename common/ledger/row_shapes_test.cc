#include "common/ledger/row_shapes.h"

#include <gtest/gtest.h>

namespace kechuang::ledger {
namespace {

using Shape = std::vector<bool>;

TEST(RowShapes, GivesWhatIsUsed) {
  RowShapes shapes;
  EXPECT_EQ(shapes.Covering({true, false, true}), (Shape{true, false, true}));
}

TEST(RowShapes, TakesTheNarrowestThatCovers) {
  RowShapes shapes;
  shapes.Covering({true, true, false, false});
  shapes.Covering({true, true, true, false});
  shapes.Covering({true, false, true, true});
  EXPECT_EQ(shapes.Covering({true, false, false, false}), (Shape{true, true, false, false}));
  EXPECT_EQ(shapes.Covering({false, false, true, true}), (Shape{true, false, true, true}));
}

TEST(RowShapes, BindsAllColumnsOnceManyShapesCame) {
  RowShapes shapes;
  const size_t width = RowShapes::kShapesMax + 2;
  for (size_t i = 0; i < RowShapes::kShapesMax; ++i) {
    Shape shape(width);
    shape[i] = true;
    EXPECT_EQ(shapes.Covering(shape), shape);
  }
  Shape another(width);
  another[width - 1] = true;
  EXPECT_EQ(shapes.Covering(another), Shape(width, true));
}

}  // namespace
}  // namespace kechuang::ledger
