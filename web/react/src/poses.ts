// The drawn figures of the twelve slots, as numbers and nothing else: cut in two, one could not be drawn after another.
type Point = readonly [x: number, y: number];

/** A figure of 100 by 200: neck, hips, and each limb from its joint to hand or foot. */
export interface Pose {
  head: Point;
  /** Which way the face looks: -1 left, 0 at us, 1 right, null away. */
  faces: -1 | 0 | 1 | null;
  shoulders: readonly [Point, Point];
  hips: readonly [Point, Point];
  arms: readonly [readonly Point[], readonly Point[]];
  legs: readonly [readonly Point[], readonly Point[]];
}

const FRONT: Pose = {
  head: [50, 21],
  faces: 0,
  shoulders: [
    [38, 44],
    [62, 44],
  ],
  hips: [
    [43, 94],
    [57, 94],
  ],
  arms: [
    [
      [37, 46],
      [33, 70],
      [35, 95],
    ],
    [
      [63, 46],
      [67, 70],
      [65, 95],
    ],
  ],
  legs: [
    [
      [45, 97],
      [45, 140],
      [43, 184],
    ],
    [
      [55, 97],
      [55, 140],
      [57, 184],
    ],
  ],
};

const THREE_QUARTER: Pose = {
  ...FRONT,
  faces: -1,
  shoulders: [
    [41, 44],
    [59, 44],
  ],
  arms: [
    [
      [41, 46],
      [36, 70],
      [34, 94],
    ],
    [
      [59, 46],
      [61, 70],
      [57, 94],
    ],
  ],
  legs: [
    [
      [46, 97],
      [44, 140],
      [39, 183],
    ],
    [
      [54, 97],
      [56, 140],
      [58, 184],
    ],
  ],
};

const SIDE: Pose = {
  ...FRONT,
  faces: -1,
  shoulders: [
    [47, 44],
    [53, 44],
  ],
  hips: [
    [46, 94],
    [54, 94],
  ],
  arms: [
    [
      [50, 47],
      [52, 71],
      [48, 94],
    ],
    [
      [50, 47],
      [53, 71],
      [49, 94],
    ],
  ],
  legs: [
    [
      [49, 97],
      [47, 140],
      [47, 184],
    ],
    [
      [51, 97],
      [52, 140],
      [54, 184],
    ],
  ],
};

const mirrored = (pose: Pose): Pose => {
  const turn = ([x, y]: Point): Point => [100 - x, y];
  const pair = <Part>(part: readonly [Part, Part], each: (it: Part) => Part): [Part, Part] => [
    each(part[1]),
    each(part[0]),
  ];
  const limb = (points: readonly Point[]) => points.map(turn);
  return {
    head: turn(pose.head),
    faces: pose.faces && (-pose.faces as -1 | 1),
    shoulders: pair(pose.shoulders, turn),
    hips: pair(pose.hips, turn),
    arms: pair(pose.arms, limb),
    legs: pair(pose.legs, limb),
  };
};

/** By the key of the slot. */
export const POSES: Record<string, Pose> = {
  front: FRONT,
  three_quarter_left: THREE_QUARTER,
  three_quarter_right: mirrored(THREE_QUARTER),
  side: SIDE,
  other_side: mirrored(SIDE),
  back: { ...FRONT, faces: null },
  walking: {
    ...FRONT,
    arms: [
      [
        [38, 46],
        [31, 68],
        [38, 90],
      ],
      [
        [62, 46],
        [70, 67],
        [76, 88],
      ],
    ],
    legs: [
      [
        [46, 97],
        [40, 139],
        [32, 182],
      ],
      [
        [55, 97],
        [61, 138],
        [70, 178],
      ],
    ],
  },
  sitting: {
    ...FRONT,
    head: [46, 47],
    faces: -1,
    shoulders: [
      [37, 70],
      [58, 70],
    ],
    hips: [
      [42, 118],
      [60, 118],
    ],
    arms: [
      [
        [37, 72],
        [33, 96],
        [28, 118],
      ],
      [
        [58, 72],
        [60, 96],
        [46, 116],
      ],
    ],
    legs: [
      [
        [46, 122],
        [22, 128],
        [24, 182],
      ],
      [
        [56, 122],
        [36, 132],
        [38, 184],
      ],
    ],
  },
  arms_down: {
    ...FRONT,
    arms: [
      [
        [37, 46],
        [28, 70],
        [24, 95],
      ],
      [
        [63, 46],
        [72, 70],
        [76, 95],
      ],
    ],
    legs: [
      [
        [45, 97],
        [42, 140],
        [38, 184],
      ],
      [
        [55, 97],
        [58, 140],
        [62, 184],
      ],
    ],
  },
  hands_on_hips: {
    ...FRONT,
    arms: [
      [
        [37, 46],
        [21, 68],
        [40, 86],
      ],
      [
        [63, 46],
        [79, 68],
        [60, 86],
      ],
    ],
    legs: [
      [
        [45, 97],
        [43, 140],
        [40, 184],
      ],
      [
        [55, 97],
        [57, 140],
        [60, 184],
      ],
    ],
  },
  arm_raised: {
    ...FRONT,
    arms: [
      [
        [37, 46],
        [33, 70],
        [35, 95],
      ],
      [
        [63, 45],
        [74, 24],
        [70, 3],
      ],
    ],
  },
  free: {
    ...FRONT,
    head: [54, 21],
    faces: 1,
    arms: [
      [
        [38, 46],
        [22, 60],
        [16, 82],
      ],
      [
        [62, 46],
        [76, 60],
        [66, 78],
      ],
    ],
    legs: [
      [
        [46, 97],
        [36, 138],
        [44, 182],
      ],
      [
        [55, 97],
        [59, 140],
        [62, 184],
      ],
    ],
  },
};
